import type { EventBus } from '../bus/event-bus.js';
import { marketStreams } from '../bus/streams.js';
import type { TradeEvent } from '../events/market.js';

/** More than the busiest second of a symbol. */
const ENOUGH = 500;
const PAGE = 2_000;
/** Entries looked at on one stream: a quiet symbol among busy ones stands far back. */
const MOST = 100_000;

/**
 * The last trades on the bus of each symbol, oldest first. Symbols without one, or with none among the last hundred thousand entries of
 * their stream, are left out.
 */
export async function lastTrades(
  bus: EventBus,
  exchange: string,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, readonly TradeEvent[]>> {
  const newestFirst = new Map<string, TradeEvent[]>();
  const { partition } = bus;
  for (const stream of marketStreams('md:trade', { exchange, symbols, partition })) {
    const wanted = new Set(
      partition === 'symbol' ? symbols.filter((symbol) => stream.endsWith(`:${symbol}`)) : symbols,
    );
    let before: string | null = null;
    for (let looked = 0; looked < MOST && wanted.size > 0; looked += PAGE) {
      const page = await bus.latest(stream, before, PAGE);
      for (const { event } of page.toReversed()) {
        if (event.type !== 'trade' || event.exchange !== exchange || !wanted.has(event.symbol)) continue;
        const trades = newestFirst.get(event.symbol) ?? [];
        newestFirst.set(event.symbol, trades);
        if (trades.push(event) >= ENOUGH) wanted.delete(event.symbol);
      }
      const first = page[0];
      if (first === undefined) break;
      before = first.id;
    }
  }
  return new Map([...newestFirst].map(([symbol, trades]) => [symbol, trades.reverse()]));
}
