import type { EventBus } from '../bus/event-bus.js';
import type { EpochMs } from '../events/common.js';
import type { StatusEvent } from '../events/status.js';
import { lastEvents } from './last-events.js';

const QUOTES = ['orderbook', 'ticker'] as const;
type QuoteChannel = (typeof QUOTES)[number];

/** A book is some kilobytes. */
const PAGE = 100;

/**
 * Order books and tickers of the time in which no collector ran: no exchange tells them later, and the feed does not know that any were
 * published before. Each channel of a symbol gets a `gap` from its last event on the bus to the moment in which data flow again.
 */
export class QuoteGaps {
  /** By symbol and channel. */
  readonly #lastTs: Map<string, EpochMs>;

  private constructor(lastTs: Map<string, EpochMs>) {
    this.#lastTs = lastTs;
  }

  static none(): QuoteGaps {
    return new QuoteGaps(new Map());
  }

  static async since(bus: EventBus, exchange: string, symbols: readonly string[]): Promise<QuoteGaps> {
    const lastTs = new Map<string, EpochMs>();
    for (const type of QUOTES) {
      const last = await lastEvents(bus, { exchange, symbols, type, enough: 1, page: PAGE });
      for (const [symbol, [event]] of last) if (event !== undefined) lastTs.set(`${symbol} ${type}`, event.ts);
    }
    return new QuoteGaps(lastTs);
  }

  /** What is to be told before this word of the feed, once for each channel. Null: nothing. */
  endedBy({ exchange, symbol, ts, data }: StatusEvent): (StatusEvent & { data: { channel: QuoteChannel } }) | null {
    const channel = QUOTES.find((one) => one === data.channel);
    if (data.state !== 'subscribed' || channel === undefined) return null;
    const fromTs = this.#lastTs.get(`${symbol} ${channel}`);
    if (fromTs === undefined) return null;
    this.#lastTs.delete(`${symbol} ${channel}`);
    const reason = 'No collector ran, and past order books and tickers are not told.';
    const span = { from_ts: fromTs, to_ts: Math.max(fromTs, ts) };
    return { type: 'status', exchange, symbol, ts, data: { state: 'gap', channel, ...span, reason } };
  }
}
