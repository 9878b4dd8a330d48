import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import type { FeedSubscription, MarketFeed } from './market-feed.js';

export interface FeedFreshnessOptions {
  readonly feed: MarketFeed;
  /** Those that are waited for, whether anything of them comes or not. */
  readonly symbols: readonly string[];
}

type Word = StatusEvent['data'];

const NAMES = { trade: 'trades', orderbook: 'order book', ticker: 'ticker' } as const;

/**
 * The same feed, for those who ask whether its data are fresh. How long a channel of a symbol may be silent is the feed's to know: it learns
 * it, and says `stale`.
 */
export class FeedFreshness implements MarketFeed {
  readonly #options: FeedFreshnessOptions;
  /** Symbols of which something live came on the present connection. */
  readonly #heard = new Set<string>();
  /** What was last told of a symbol, or of the whole connection. */
  readonly #lastWords = new Map<string, Word>();
  /** What is wrong, by symbol and channel. */
  readonly #troubles = new Map<string, Map<string, Word>>();
  #closed: Word | null = null;

  constructor(options: FeedFreshnessOptions) {
    this.#options = options;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal) {
    for await (const batch of this.#options.feed.subscribe(subscription, signal)) {
      for (const event of batch) {
        if (event.type === 'status') this.#apply(event);
        else if (event.origin !== 'backfill') this.#heard.add(event.symbol);
      }
      yield batch;
    }
  }

  /** A sentence for each reason why the data are not fresh: the exchange is closed, nothing has come since it was connected, a channel is in trouble. */
  silent(): readonly string[] {
    if (this.#closed !== null) return [this.#closed.reason ?? `The exchange says ${this.#closed.state}.`];
    return this.#options.symbols.flatMap((symbol) => {
      if (this.#heard.has(symbol)) {
        return [...(this.#troubles.get(symbol)?.entries() ?? [])].map(
          ([channel, { state, reason }]) =>
            `${symbol}: its ${NAMES[channel as keyof typeof NAMES]} ${channel === 'trade' ? 'are' : 'is'} ${state}.${reason === undefined ? '' : ` ${reason}`}`,
        );
      }
      const word = this.#lastWords.get(symbol) ?? this.#lastWords.get(ALL_SYMBOLS);
      return [
        `No data of ${symbol} has come yet.${word === undefined ? '' : ` Last word of its feed: ${word.state}.`}`,
      ];
    });
  }

  #apply({ symbol, data }: StatusEvent): void {
    const { state, channel } = data;
    this.#lastWords.set(symbol, data);
    if (state === 'maintenance' || state === 'preopen') this.#closed = data;
    else if (state === 'open') this.#closed = null;
    else if (state === 'connected' || state === 'disconnected') {
      this.#lastWords.clear();
      this.#lastWords.set(symbol, data);
      this.#heard.clear();
      this.#troubles.clear();
    } else if (channel !== undefined) {
      const troubles = this.#troubles.get(symbol) ?? new Map<string, Word>();
      this.#troubles.set(symbol, troubles);
      if (state === 'stale' || state === 'degraded') troubles.set(channel, data);
      else if (state === 'subscribed' || state === 'resynced') troubles.delete(channel);
    }
  }
}
