import type { MarketEvent, MarketEventType, TradeEvent } from '../events/market.js';
import type { StatusEvent } from '../events/status.js';
import type { SilenceLimits } from '../market/data-age-watch.js';

/** How long a channel may be silent; for those that are left out, what the adapter knows of its exchange. */
export type ChannelSilence = Partial<Record<MarketEventType, SilenceLimits>>;

export interface FeedSubscription {
  readonly symbols: readonly string[];
  /** Default: all three. */
  readonly channels?: readonly MarketEventType[];
  /**
   * The last trades of each symbol that are published already, oldest first: what came after them is backfilled. Those of the last
   * second are enough, and the more the better: they are what a backfilled trade is compared with.
   */
  readonly published?: ReadonlyMap<string, readonly TradeEvent[]>;
  readonly silence?: ChannelSilence;
}

/**
 * Live market data of one exchange. Reconnects by itself (1, 2, 4 … 30 s, with jitter); what happened to the connection
 * comes as status events on the same stream. Batches keep the order in which things arrived; events carry `recv_ts`, no `seq`.
 * Trades missed in between are backfilled where the exchange still tells them: in order of time, before the live ones, with
 * `origin: 'backfill'`. What cannot be had back is a `gap`. A feed that says `maintenance` or `preopen` says `open` after it.
 * Ends when `signal` aborts. Throws `UNKNOWN_SYMBOL` before connecting when the exchange does not list a symbol.
 */
export interface MarketFeed {
  subscribe(subscription: FeedSubscription, signal: AbortSignal): AsyncIterable<readonly (MarketEvent | StatusEvent)[]>;
}
