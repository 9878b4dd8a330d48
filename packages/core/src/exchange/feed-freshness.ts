import type { EpochMs } from '../events/common.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import type { Clock } from '../telemetry/clock.js';
import type { FeedSubscription, MarketFeed } from './market-feed.js';

export interface FeedFreshnessOptions {
  readonly feed: MarketFeed;
  /** Those that are waited for, whether anything of them comes or not. */
  readonly symbols: readonly string[];
  readonly wallClock: Clock;
}

/** The same feed, for those who ask whether it speaks: it notes when the last live event of each symbol came. */
export class FeedFreshness implements MarketFeed {
  readonly #options: FeedFreshnessOptions;
  /** Wall time by symbol. */
  readonly #heard = new Map<string, EpochMs>();
  /** The last state told of a symbol, or of the whole connection. */
  readonly #states = new Map<string, StatusEvent['data']['state']>();

  constructor(options: FeedFreshnessOptions) {
    this.#options = options;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal) {
    for await (const batch of this.#options.feed.subscribe(subscription, signal)) {
      const now = this.#options.wallClock.now();
      for (const event of batch) {
        if (event.type === 'status') this.#states.set(event.symbol, event.data.state);
        else if (event.origin !== 'backfill') this.#heard.set(event.symbol, now);
      }
      yield batch;
    }
  }

  /** A sentence for each symbol of which nothing has come yet, or nothing for longer than `limitMs` of wall time. */
  silent(limitMs: number): readonly string[] {
    const now = this.#options.wallClock.now();
    return this.#options.symbols.flatMap((symbol) => {
      const heard = this.#heard.get(symbol);
      if (heard !== undefined && now - heard <= limitMs) return [];
      const state = this.#states.get(symbol) ?? this.#states.get(ALL_SYMBOLS);
      const since = heard === undefined ? 'has come yet' : `has come for ${((now - heard) / 1000).toFixed(1)} s`;
      return [`No data of ${symbol} ${since}.${state === undefined ? '' : ` Last word of its feed: ${state}.`}`];
    });
  }
}
