import type { EpochMs } from '../events/common.js';
import type { MarketEvent } from '../events/market.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import type { QuoteGaps } from './quote-gaps.js';

const STOPPED = 'The collector was stopped.';

export interface CollectorWordsOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly quoteGaps: QuoteGaps;
  /** Told of each gap that the feed does not know of. */
  readonly gap: (channel: string, symbol: string) => void;
  /** The collector is to stop. */
  readonly signal: AbortSignal;
}

type FeedEvent = MarketEvent | StatusEvent;

/**
 * What a collector publishes on `md:status`. What a feed says of its whole connection is said for each of our symbols: the symbols of
 * one exchange may be spread over several collectors, and a series has one writer.
 */
export class CollectorWords {
  readonly #options: CollectorWordsOptions;
  /** The feed's clock, as far as it has spoken. */
  #ts: EpochMs | null = null;
  #saidStopped = false;

  constructor(options: CollectorWordsOptions) {
    this.#options = options;
  }

  /** What is published of one event of the feed. */
  of(event: FeedEvent): readonly FeedEvent[] {
    if (event.type !== 'status') return [event];
    const { quoteGaps, gap, signal } = this.#options;
    this.#ts = event.ts;
    if (signal.aborted && event.data.state === 'disconnected') {
      this.#saidStopped = true;
      return this.#forEach({ ...event, data: { ...event.data, reason: STOPPED } });
    }
    const ended = quoteGaps.endedBy(event);
    if (ended === null) return this.#forEach(event);
    gap(ended.data.channel, ended.symbol);
    return [ended, event];
  }

  /** It waits behind what an earlier collector left on disk, and so ends the time that was whole. */
  unknownPast(ts: EpochMs): readonly StatusEvent[] {
    const reason =
      'The last trades on the bus could not be read in time: what came before this start is not backfilled.';
    return this.#forEach(this.#word(ts, { state: 'gap', channel: 'trade', to_ts: ts, reason }));
  }

  /** The last word, unless the feed has said it. `ts`: in case that it never spoke. */
  stopped(ts: EpochMs): readonly StatusEvent[] {
    if (this.#saidStopped) return [];
    return this.#forEach(this.#word(this.#ts ?? ts, { state: 'disconnected', reason: STOPPED }));
  }

  #forEach(event: StatusEvent): readonly StatusEvent[] {
    if (event.symbol !== ALL_SYMBOLS) return [event];
    return this.#options.symbols.map((symbol) => ({ ...event, symbol }));
  }

  #word(ts: EpochMs, data: StatusEvent['data']): StatusEvent {
    return { type: 'status', exchange: this.#options.exchange, symbol: ALL_SYMBOLS, ts, data };
  }
}
