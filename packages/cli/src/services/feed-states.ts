import {
  ALL_SYMBOLS,
  type FeedSubscription,
  type MarketEventType,
  type MarketFeed,
  type StatusEvent,
} from '@alpha-engine/core';

/**
 * `waiting`: connected, and nothing has come yet. `refused`: the exchange will not serve it. The others are what `md:status` says.
 */
export type ChannelState = 'waiting' | 'live' | 'stale' | 'refused' | 'disconnected' | 'maintenance' | 'preopen';

/** The same feed, for those who ask what it last said of each symbol and channel. */
export class FeedStates implements MarketFeed {
  readonly #feed: MarketFeed;
  readonly #channels = new Map<string, ChannelState>();
  #connected = false;
  /** What the exchange says of itself while it is not open. */
  #closed: 'maintenance' | 'preopen' | null = null;

  constructor(feed: MarketFeed) {
    this.#feed = feed;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal) {
    for await (const batch of this.#feed.subscribe(subscription, signal)) {
      for (const event of batch) if (event.type === 'status') this.apply(event);
      yield batch;
    }
  }

  apply({ symbol, data }: StatusEvent): void {
    const { state, channel } = data;
    if (state === 'maintenance' || state === 'preopen') this.#closed = state;
    else if (state === 'open') this.#closed = null;
    else if (symbol === ALL_SYMBOLS && (state === 'connected' || state === 'disconnected')) {
      this.#connected = state === 'connected';
      this.#channels.clear();
    } else if (channel !== undefined) {
      if (state === 'subscribed' || state === 'resynced') this.#channels.set(keyOf(symbol, channel), 'live');
      else if (state === 'stale') this.#channels.set(keyOf(symbol, channel), 'stale');
      else if (state === 'degraded') this.#channels.set(keyOf(symbol, channel), 'refused');
    }
  }

  of(symbol: string, channel: MarketEventType): ChannelState {
    if (this.#closed !== null) return this.#closed;
    if (!this.#connected) return 'disconnected';
    return this.#channels.get(keyOf(symbol, channel)) ?? 'waiting';
  }
}

function keyOf(symbol: string, channel: MarketEventType): string {
  return `${symbol} ${channel}`;
}
