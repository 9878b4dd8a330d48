import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { OrderType, TimeInForce } from '../events/order.js';
import type { ExchangeOrderId, Fill } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';

/** An order as the exchange shows it: it knows nothing of our client order ids. */
export interface ExchangeOrder {
  readonly exchangeOrderId: ExchangeOrderId;
  readonly symbol: string;
  readonly side: Side;
  readonly effect: 'open' | 'close';
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly size: Decimal;
  /** Limit orders only; as it is now. */
  readonly price?: Decimal;
  /** Stops only; as it is now. */
  readonly triggerPrice?: Decimal;
  readonly filledSize: Decimal;
  readonly state: 'working' | 'filled' | 'canceled' | 'expired' | 'rejected';
  /** Why it was canceled or expired, in the exchange's word. */
  readonly reason?: string;
  /** The exchange itself placed it, to close a lot by force. */
  readonly forced?: true;
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
  /** Where the exchange closes it by force; absent where it does not say. */
  readonly losscutPrice?: Decimal;
  readonly openedTs: EpochMs;
}

export interface Balance {
  /** Coin or currency. */
  readonly asset: string;
  readonly total: Decimal;
  readonly available: Decimal;
}

/** The account behind leverage positions, quote currency. */
export interface Margin {
  /** Cash plus unrealised profit and loss. */
  readonly equity: Decimal;
  /** Taken by open positions. */
  readonly used: Decimal;
  /** What new orders may use. */
  readonly available: Decimal;
  readonly unrealizedPnl: Decimal;
  /** `call`: the exchange wants more margin; `losscut`: it closes positions by itself. */
  readonly state: 'normal' | 'call' | 'losscut';
}

/** One kind of order an exchange takes on a symbol. */
export interface OrderKind {
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly effect: 'open' | 'close';
  /** Its price, or trigger price, can be changed by `amend`. */
  readonly amend: boolean;
}

/** New price of a limit order, or trigger price of a stop. */
export interface OrderChange {
  readonly price?: Decimal;
  readonly triggerPrice?: Decimal;
}

/**
 * What the private stream tells. `order` may carry an order id that no answer named yet; `connected` says that messages
 * may have been missed before it, so that the caller reads REST again.
 */
export type BrokerUpdate =
  | { readonly kind: 'order'; readonly order: ExchangeOrder }
  | { readonly kind: 'fill'; readonly fill: ExchangeFill }
  /** A lot after a change; size zero: it is closed. */
  | { readonly kind: 'position'; readonly position: ExchangePosition }
  | { readonly kind: 'margin'; readonly margin: Margin }
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: string };

/**
 * The private side of one exchange. Returning means "handed over": what became of an order arrives as an update.
 * `place`, `closeAll`, `amend` and the cancels throw `EXCHANGE_REFUSED`, `EXCHANGE_AUTH`, `EXCHANGE_MAINTENANCE` (outcome known: no effect) or
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

  /** Changes the price and never the size; the order keeps its id. Repeating it is safe. The new price arrives as an update. */
  amend(exchangeOrderId: ExchangeOrderId, change: OrderChange): Promise<void>;
  /** Cancels every working order of the symbol, whoever placed it. Repeating it is safe. */
  cancelAll(symbol: string): Promise<void>;
  /** One market order of this side that closes lots of the other side, whosever they are; the exchange picks them. Never repeated. */
  closeAll(symbol: string, side: Side, size: Decimal): Promise<{ readonly exchangeOrderId: ExchangeOrderId }>;

  /** What may be placed on a symbol; empty for one it does not know. Never changes while the process runs. */
  orderKinds(symbol: string): readonly OrderKind[];
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
  /** Null where the exchange has no margin account. */
  margin(): Promise<Margin | null>;

  /** Private messages, until `signal` aborts. Reconnects and renews its token by itself. */
  updates(signal: AbortSignal): AsyncIterable<BrokerUpdate>;
}
