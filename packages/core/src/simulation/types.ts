import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { OrderType, TimeInForce } from '../events/order.js';
import type { OrderChange } from '../exchange/broker.js';

/** What a client asks for. */
export interface SimulatedRequest {
  readonly symbol: string;
  readonly side: Side;
  /**
   * Leverage: `open` makes a lot; `close` takes from the lot `positionId`, or without one from the lots of the other side, oldest
   * first. Ignored on spot, where a buy opens and a sell closes.
   */
  readonly effect: 'open' | 'close';
  /** A stop waits until the current price reaches its trigger and is a market order from then on. */
  readonly type: OrderType;
  /** Default: `gtc` for limit orders, `ioc` for the others, which take no other. */
  readonly timeInForce?: TimeInForce;
  readonly size: Decimal;
  /** Limit orders only. */
  readonly price?: Decimal;
  /** Stop orders only. */
  readonly triggerPrice?: Decimal;
  readonly positionId?: number;
  /** Of the lots that a limit or stop order opens; default half the margin away from their price. */
  readonly losscutPrice?: Decimal;
  /** Market orders that sell coins or close lots: the oldest orders that hold what is needed are canceled first. */
  readonly cancelBefore?: boolean;
}

/** Part of a lot. */
export interface LotShare {
  readonly positionId: number;
  readonly size: Decimal;
}

/** An order at one moment; a later state is a new object. */
export interface SimulatedOrder extends SimulatedRequest {
  readonly orderId: number;
  readonly timeInForce: TimeInForce;
  readonly filledSize: Decimal;
  /** `waiting` is a stop that nothing has triggered. */
  readonly state: 'waiting' | 'working' | 'filled' | 'canceled' | 'expired';
  /** Who ordered it: a client, or the exchange to close a lot by force. */
  readonly cause: 'client' | 'losscut';
  /** Leverage closes: what is still to come out of which lots, in this order. */
  readonly closes: readonly LotShare[];
  /** How often its terms were changed. */
  readonly changes: number;
  /** Why it ended, in GMO Coin's words: `USER`, `EXPIRED_FAK`, `POSITION_LOSSCUT`, … */
  readonly reason?: string;
  readonly orderTs: EpochMs;
  readonly updatedTs: EpochMs;
}

export interface SimulatedFill {
  readonly executionId: number;
  readonly orderId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly effect: 'open' | 'close';
  readonly price: Decimal;
  readonly size: Decimal;
  /** Quote currency; positive was paid, negative received. */
  readonly fee: Decimal;
  readonly liquidity: 'taker' | 'maker';
  /** Profit or loss of a leverage close before fees, quote currency; zero otherwise. */
  readonly realizedPnl: Decimal;
  /** Leverage only: the lot opened or closed. */
  readonly positionId?: number;
  readonly ts: EpochMs;
}

/** One open leverage lot at one moment. Size zero: it has just been closed. */
export interface SimulatedLot {
  readonly positionId: number;
  readonly symbol: string;
  readonly side: Side;
  readonly size: Decimal;
  /** Part of `size` that working close orders have taken. */
  readonly reservedSize: Decimal;
  readonly price: Decimal;
  /** Where the exchange closes it by force. */
  readonly losscutPrice: Decimal;
  readonly openedTs: EpochMs;
}

/** What the exchange took for a lot that was held over the roll of the business day. Quote currency. */
export interface HoldingFee {
  readonly positionId: number;
  readonly symbol: string;
  readonly amount: Decimal;
  readonly ts: EpochMs;
}

export type MarginCallStatus = 'normal' | 'margin_call' | 'losscut';

/** `amend_refused`: it lives on with the terms it had. */
export type SimulatedChange = 'accepted' | 'triggered' | 'amended' | 'amend_refused' | 'canceled' | 'expired';

/** What happened, in order. `order` stands before its fills; an ending other than a full fill follows them. */
export type SimulationReport =
  | { readonly kind: 'order'; readonly change: SimulatedChange; readonly order: SimulatedOrder }
  | { readonly kind: 'fill'; readonly fill: SimulatedFill; readonly order: SimulatedOrder }
  | {
      readonly kind: 'lot';
      readonly change: 'opened' | 'updated' | 'losscut_changed' | 'closed';
      readonly lot: SimulatedLot;
      readonly ts: EpochMs;
    }
  | { readonly kind: 'holding_fee'; readonly fee: HoldingFee }
  | { readonly kind: 'margin'; readonly status: MarginCallStatus; readonly ts: EpochMs };

/** Why an order or a change was refused; nothing happened. */
export type Rejection =
  | { readonly code: 'unknown_symbol' }
  | { readonly code: 'size_out_of_range'; readonly min: Decimal; readonly max: Decimal }
  | { readonly code: 'size_off_step'; readonly step: Decimal }
  | { readonly code: 'time_in_force_not_allowed' }
  | { readonly code: 'price_missing' }
  | { readonly code: 'price_off_tick'; readonly tick: Decimal }
  | { readonly code: 'price_too_low' | 'price_too_high'; readonly bound: Decimal }
  | { readonly code: 'would_trigger'; readonly current: Decimal }
  | { readonly code: 'losscut_price_not_allowed' }
  | { readonly code: 'losscut_price_out_of_range'; readonly from: Decimal; readonly to: Decimal }
  | { readonly code: 'insufficient_funds'; readonly needed: Decimal; readonly available: Decimal }
  | { readonly code: 'insufficient_holdings'; readonly needed: Decimal; readonly available: Decimal }
  | { readonly code: 'not_leverage' }
  | { readonly code: 'no_such_position' }
  | { readonly code: 'nothing_to_close' }
  | { readonly code: 'wrong_side' }
  | { readonly code: 'position_too_small'; readonly size: Decimal }
  | { readonly code: 'closable_too_small'; readonly size: Decimal }
  | { readonly code: 'position_reserved'; readonly free: Decimal }
  | { readonly code: 'margin_call' }
  | { readonly code: 'too_many_orders'; readonly most: number }
  | { readonly code: 'too_many_changes'; readonly most: number };

export type PlaceOutcome =
  | { readonly accepted: true; readonly order: SimulatedOrder; readonly reports: readonly SimulationReport[] }
  | { readonly accepted: false; readonly rejection: Rejection };

export type CancelOutcome =
  | { readonly accepted: true; readonly reports: readonly SimulationReport[] }
  | { readonly accepted: false; readonly code: 'unknown_order' | 'already_final' };

/** What may be changed of a working order: the price it has, and the losscut price of what it opens. */
export interface OrderAmendment extends OrderChange {
  readonly losscutPrice?: Decimal;
}

export type AmendOutcome =
  | { readonly accepted: true; readonly order: SimulatedOrder; readonly reports: readonly SimulationReport[] }
  | { readonly accepted: false; readonly code: 'unknown_order' | 'already_final' }
  | { readonly accepted: false; readonly code: 'rejected'; readonly rejection: Rejection };

export type LosscutOutcome =
  | { readonly accepted: true; readonly reports: readonly SimulationReport[] }
  | { readonly accepted: false; readonly rejection: Rejection };

/** Quote currency. `available` is what new orders may use. */
export interface MarginState {
  /** Cash plus unrealised profit and loss. */
  readonly equity: Decimal;
  /** Half of the notional of every open lot, at its open price. */
  readonly margin: Decimal;
  /** Held for working orders. */
  readonly reserved: Decimal;
  readonly available: Decimal;
  readonly unrealizedPnl: Decimal;
  /** Equity over margin; 1 means 100 %. Null when nothing is open. */
  readonly ratio: Decimal | null;
  readonly status: MarginCallStatus;
}
