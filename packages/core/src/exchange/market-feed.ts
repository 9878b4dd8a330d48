import type { MarketEvent, MarketEventType } from '../events/market.js';
import type { StatusEvent } from '../events/status.js';

export interface FeedSubscription {
  readonly symbols: readonly string[];
  /** Default: all three. */
  readonly channels?: readonly MarketEventType[];
}

/**
 * Live market data of one exchange. Reconnects by itself (1, 2, 4 … 30 s, with jitter); what happened to the connection
 * comes as status events on the same stream. Batches keep the order in which things arrived; events carry `recv_ts`, no `seq`.
 * Ends when `signal` aborts. Throws `UNKNOWN_SYMBOL` before connecting when the exchange does not list a symbol.
 */
export interface MarketFeed {
  subscribe(subscription: FeedSubscription, signal: AbortSignal): AsyncIterable<readonly (MarketEvent | StatusEvent)[]>;
}
