import type { EventBus } from '../bus/event-bus.js';
import { marketStreams } from '../bus/streams.js';
import type { MarketEvent, MarketEventType } from '../events/market.js';

/** Entries looked at on one stream: a quiet symbol among busy ones stands far back. */
const MOST = 100_000;

export interface LastEventsOptions<Type extends MarketEventType> {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly type: Type;
  /** Of each symbol. */
  readonly enough: number;
  /** Entries read at once. */
  readonly page: number;
}

/**
 * The last events of one type on the bus of each symbol, oldest first. Symbols without one, or with none among the last hundred thousand
 * entries of their stream, are left out.
 */
export async function lastEvents<Type extends MarketEventType>(
  bus: EventBus,
  { exchange, symbols, type, enough, page }: LastEventsOptions<Type>,
): Promise<ReadonlyMap<string, readonly Extract<MarketEvent, { type: Type }>[]>> {
  type Event = Extract<MarketEvent, { type: Type }>;
  const newestFirst = new Map<string, Event[]>();
  const { partition } = bus;
  for (const stream of marketStreams(`md:${type}`, { exchange, symbols, partition })) {
    const wanted = new Set(
      partition === 'symbol' ? symbols.filter((symbol) => stream.endsWith(`:${symbol}`)) : symbols,
    );
    let before: string | null = null;
    for (let looked = 0; looked < MOST && wanted.size > 0; looked += page) {
      const entries = await bus.latest(stream, before, page);
      for (const { event } of entries.toReversed()) {
        if (event.type !== type || event.exchange !== exchange || !wanted.has(event.symbol)) continue;
        const events = newestFirst.get(event.symbol) ?? [];
        newestFirst.set(event.symbol, events);
        if (events.push(event as Event) >= enough) wanted.delete(event.symbol);
      }
      const first = entries[0];
      if (first === undefined) break;
      before = first.id;
    }
  }
  return new Map([...newestFirst].map(([symbol, events]) => [symbol, events.reverse()]));
}
