import type { EpochMs } from '../events/common.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import type { FeedSubscription, MarketFeed } from './market-feed.js';

export interface FeedFreshnessOptions {
  readonly feed: MarketFeed;
  /** Those that are waited for, whether anything of them comes or not. */
  readonly symbols: readonly string[];
}

type Word = Pick<StatusEvent, 'ts' | 'data'>;
type Channel = NonNullable<StatusEvent['data']['channel']>;

const NAMES = { trade: 'trades', orderbook: 'order book', ticker: 'ticker' } as const;

/**
 * The same feed, for those who ask whether its data are fresh. How long a channel of a symbol may be silent is the feed's to know: it learns
 * it, and says `stale`.
 */
export class FeedFreshness implements MarketFeed {
  readonly #options: FeedFreshnessOptions;
  /** Symbols of which something live came on the present connection. */
  readonly #heard = new Set<string>();
  /** When the last of these came, on whichever connection. */
  readonly #heardAt = new Map<string, EpochMs>();
  /** What was last told of a symbol, or of the whole connection. */
  readonly #lastWords = new Map<string, Word>();
  /** What is wrong, by symbol and channel. */
  readonly #troubles = new Map<string, Map<Channel, Word>>();
  #closed: StatusEvent['data'] | null = null;

  constructor(options: FeedFreshnessOptions) {
    this.#options = options;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal) {
    for await (const batch of this.#options.feed.subscribe(subscription, signal)) {
      for (const event of batch) {
        if (event.type === 'status') this.#apply(event);
        else if (event.origin !== 'backfill') {
          this.#heard.add(event.symbol);
          this.#heardAt.set(event.symbol, event.recv_ts ?? event.ts);
        }
      }
      yield batch;
    }
  }

  /**
   * A sentence for each reason why the data are not fresh: the exchange is closed, nothing has come since it was connected, a channel is in
   * trouble. Times are those of the events (UTC): a sentence is as true when it is read again.
   */
  silent(): readonly string[] {
    if (this.#closed !== null) return [this.#closed.reason ?? `The exchange says ${this.#closed.state}.`];
    return this.#options.symbols.flatMap((symbol) => {
      if (this.#heard.has(symbol)) {
        return [...(this.#troubles.get(symbol)?.entries() ?? [])].map(([channel, word]) =>
          troubleOf(symbol, channel, word),
        );
      }
      const heardAt = this.#heardAt.get(symbol);
      const word = this.#lastWords.get(symbol) ?? this.#lastWords.get(ALL_SYMBOLS);
      const since = heardAt === undefined ? 'yet' : `since ${isoTime(heardAt)}`;
      const last =
        word === undefined ? '' : ` Last word of its feed: ${word.data.state}, at ${isoTime(word.ts)}${saidIn(word)}`;
      return [`No data of ${symbol} has come ${since}.${last}`];
    });
  }

  #apply({ symbol, ts, data }: StatusEvent): void {
    const { state, channel } = data;
    const word = { ts, data };
    this.#lastWords.set(symbol, word);
    if (state === 'maintenance' || state === 'preopen') this.#closed = data;
    else if (state === 'open') this.#closed = null;
    else if (state === 'connected' || state === 'disconnected') {
      this.#lastWords.clear();
      this.#lastWords.set(symbol, word);
      this.#heard.clear();
      this.#troubles.clear();
    } else if (channel !== undefined) {
      const troubles = this.#troubles.get(symbol) ?? new Map<Channel, Word>();
      this.#troubles.set(symbol, troubles);
      if (state === 'stale' || state === 'degraded') {
        // Said again it is no newer.
        if (troubles.get(channel)?.data.state !== state) troubles.set(channel, word);
      } else if (state === 'subscribed' || state === 'resynced') troubles.delete(channel);
    }
  }
}

function troubleOf(symbol: string, channel: Channel, word: Word): string {
  const verb = channel === 'trade' ? 'are' : 'is';
  return `${symbol}: its ${NAMES[channel]} ${verb} ${word.data.state} since ${isoTime(word.ts)}${saidIn(word)}`;
}

function saidIn({ data }: Word): string {
  return data.reason === undefined ? '.' : `; said then: ${data.reason}`;
}

function isoTime(ts: EpochMs): string {
  return new Date(ts).toISOString();
}
