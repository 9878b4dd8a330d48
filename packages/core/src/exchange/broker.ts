import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { ExchangeOrderId, Fill } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';

/** An order as the exchange shows it: it knows nothing of our client order ids. */
export interface ExchangeOrder {
  readonly exchangeOrderId: ExchangeOrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly effect: 'open' | 'close';
  readonly type: 'market' | 'limit' | 'stop';
  /** The exchange's own word, for matching (GMO: FAK, FAS, FOK, SOK). */
  readonly timeInForce: string;
  readonly size: Decimal;
  /** Absent for market orders. */
  readonly price?: Decimal;
  readonly filledSize: Decimal;
  readonly state: 'working' | 'filled' | 'canceled' | 'expired' | 'rejected';
  /** Why it was canceled or expired, in the exchange's word. */
  readonly reason?: string;
  /** When the exchange took it, on its clock. */
  readonly orderTs: EpochMs;
}

export interface ExchangeFill extends Fill {
  readonly exchangeOrderId: ExchangeOrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly effect: 'open' | 'close';
}

/** One open leverage lot. */
export interface ExchangePosition {
  readonly positionId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly size: Decimal;
  readonly price: Decimal;
  readonly openedTs: EpochMs;
}

export interface Balance {
  /** Coin or currency. */
  readonly asset: string;
  readonly total: Decimal;
  readonly available: Decimal;
}

/**
 * What the private stream tells. `order` may carry an order id that no answer named yet; `connected` says that messages
 * may have been missed before it, so that the caller reads REST again.
 */
export type BrokerUpdate =
  | { readonly kind: 'order'; readonly order: ExchangeOrder }
  | { readonly kind: 'fill'; readonly fill: ExchangeFill }
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string };

/**
 * The private side of one exchange. Returning means "handed over": what became of an order arrives as an update.
 * `place` and `cancel` throw `EXCHANGE_REFUSED`, `EXCHANGE_AUTH`, `EXCHANGE_MAINTENANCE` (outcome known: no effect) or
 * `EXCHANGE_IN_DOUBT` (sent, outcome unknown; this includes overload and throttling). A placement is never repeated here.
 */
export interface Broker {
  /**
   * `mayLeave` throws when it is too late to send. It is asked after all waiting (for a rate limit, say), right before the request
   * is signed and its first byte leaves; what it throws is thrown, and nothing is sent.
   */
  place(order: ApprovedOrder, mayLeave?: () => void): Promise<{ readonly exchangeOrderId: ExchangeOrderId }>;
  /** Repeating it is safe. "Already done" answers are not errors: the outcome arrives as an update. */
  cancel(exchangeOrderId: ExchangeOrderId): Promise<void>;

  /** Time in force that `place` sends for this type, for matching an order in doubt. */
  timeInForce(type: 'market' | 'limit'): string;
  /** How long after sending an unanswered placement can still take effect, milliseconds of wall time. */
  readonly horizonMs: number;

  openOrders(symbol: string): Promise<readonly ExchangeOrder[]>;
  /** Unknown ids are left out. */
  ordersById(ids: readonly ExchangeOrderId[]): Promise<readonly ExchangeOrder[]>;
  /** Fills with `ts >= from`, oldest first; all pages. GMO keeps one day. */
  fillsSince(symbol: string, from: EpochMs): Promise<readonly ExchangeFill[]>;
  fillsOf(exchangeOrderId: ExchangeOrderId): Promise<readonly ExchangeFill[]>;
  /** Empty on spot symbols. */
  positions(symbol: string): Promise<readonly ExchangePosition[]>;
  balances(): Promise<readonly Balance[]>;

  /** Private messages, until `signal` aborts. Reconnects and renews its token by itself. */
  updates(signal: AbortSignal): AsyncIterable<BrokerUpdate>;
}
