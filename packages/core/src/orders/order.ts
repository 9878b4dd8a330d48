import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { OrderPurpose, OrderRequest, OrderStatus, OrderType, TimeInForce } from '../events/order.js';

/** Deterministic: a hash of signal id, leg and number. GMO Coin never sees it; it is our key. */
export type ClientOrderId = string;
export type ExchangeOrderId = string;

/** What was decided, before anything was sent; never changes afterwards. */
export interface OrderTerms {
  readonly clientOrderId: ClientOrderId;
  readonly exchange: string;
  readonly symbol: string;
  /** Label of the strategy that owns what the order opens. */
  readonly strategy: string;
  readonly signalId: string;
  /** Which of the orders that one signal needs: an exit of three lots has legs 0, 1 and 2. */
  readonly leg: number;
  readonly side: Side;
  /** `open` adds exposure, `close` takes it away. Spot: a buy opens, a sell closes. */
  readonly effect: 'open' | 'close';
  readonly purpose: OrderPurpose;
  readonly type: OrderType;
  /** Market orders and stops: `ioc`. */
  readonly timeInForce: TimeInForce;
  readonly size: Decimal;
  /** Limit orders only. */
  readonly price?: Decimal;
  /** Stops only: the price that makes a market order of it. */
  readonly triggerPrice?: Decimal;
  /** Leverage closes only: the lot to close. */
  readonly positionId?: string;
  readonly createdTs: EpochMs;
}

/** One execution at the exchange; unique by `executionId`. */
export interface Fill {
  readonly executionId: string;
  readonly price: Decimal;
  readonly size: Decimal;
  /** Quote currency; positive was paid, negative received. */
  readonly fee: Decimal;
  /** What the exchange states it realised, quote currency; leverage closes only. */
  readonly realizedPnl?: Decimal;
  readonly positionId?: string;
  readonly ts: EpochMs;
}

interface Base {
  readonly terms: OrderTerms;
  readonly request: OrderRequest;
  readonly filledSize: Decimal;
  /** Where an amend changed it: the limit or trigger price the order works at now. */
  readonly workingPrice?: Decimal;
  readonly updatedTs: EpochMs;
}

interface Known extends Base {
  readonly exchangeOrderId: ExchangeOrderId;
}

/** Each status carries only what exists in it. Times are market time; `sentWallTs` is wall time. */
export type Order =
  | (Base & { readonly status: 'PENDING' })
  | (Base & { readonly status: 'SUBMITTED'; readonly sentTs: EpochMs; readonly sentWallTs: EpochMs })
  | (Known & { readonly status: 'NEW' })
  | (Known & { readonly status: 'PARTIALLY_FILLED' | 'FILLED'; readonly averagePrice: Decimal })
  | (Known & { readonly status: 'CANCELED' | 'EXPIRED'; readonly averagePrice?: Decimal; readonly reason: string })
  | (Base & {
      readonly status: 'REJECTED' | 'VOID';
      readonly reason: string;
      readonly exchangeOrderId?: ExchangeOrderId;
      readonly averagePrice?: Decimal;
    });

export type OrderOf<S extends OrderStatus> = S extends OrderStatus ? Extract<Order, { readonly status: S }> : never;

/** The limit or trigger price an order works at; undefined for market orders. */
export function workingPrice({ terms, workingPrice: amended }: Order): Decimal | undefined {
  return amended ?? terms.price ?? terms.triggerPrice;
}

/** True while the exchange has the order and may fill more of it. */
export function isWorking(order: Order): order is OrderOf<'NEW' | 'PARTIALLY_FILLED'> {
  return order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';
}
