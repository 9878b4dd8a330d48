import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';

/** What a client asks for. Market orders take what is there and expire (FAK); limit orders take, then rest (FAS). */
export interface SimulatedRequest {
  readonly symbol: string;
  readonly side: Side;
  /** Leverage: `open` makes a lot, `close` needs `positionId`. Ignored on spot, where a buy opens and a sell closes. */
  readonly effect: 'open' | 'close';
  readonly type: 'market' | 'limit';
  readonly size: Decimal;
  readonly price?: Decimal;
  readonly positionId?: number;
}

/** An order at one moment; a later state is a new object. */
export interface SimulatedOrder extends SimulatedRequest {
  readonly orderId: number;
  readonly timeInForce: 'FAK' | 'FAS';
  readonly filledSize: Decimal;
  readonly state: 'working' | 'filled' | 'canceled' | 'expired';
  /** `USER` or `EXPIRED_FAK`. */
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
  readonly openedTs: EpochMs;
}

/** What happened, in order. `order` stands before its fills; an ending other than a full fill follows them. */
export type SimulationReport =
  | { readonly kind: 'order'; readonly change: 'accepted' | 'canceled' | 'expired'; readonly order: SimulatedOrder }
  | { readonly kind: 'fill'; readonly fill: SimulatedFill; readonly order: SimulatedOrder }
  | {
      readonly kind: 'lot';
      readonly change: 'opened' | 'updated' | 'closed';
      readonly lot: SimulatedLot;
      readonly ts: EpochMs;
    };

/** Why an order was refused; nothing happened. */
export type Rejection =
  | { readonly code: 'unknown_symbol' }
  | { readonly code: 'size_out_of_range'; readonly min: Decimal; readonly max: Decimal }
  | { readonly code: 'size_off_step'; readonly step: Decimal }
  | { readonly code: 'price_missing' }
  | { readonly code: 'price_off_tick'; readonly tick: Decimal }
  | { readonly code: 'price_too_low' | 'price_too_high'; readonly bound: Decimal }
  | { readonly code: 'insufficient_funds'; readonly needed: Decimal; readonly available: Decimal }
  | { readonly code: 'insufficient_holdings'; readonly needed: Decimal; readonly available: Decimal }
  | { readonly code: 'not_leverage' }
  | { readonly code: 'no_such_position' }
  | { readonly code: 'wrong_side' }
  | { readonly code: 'position_too_small'; readonly size: Decimal }
  | { readonly code: 'position_reserved'; readonly free: Decimal };

export type PlaceOutcome =
  | { readonly accepted: true; readonly order: SimulatedOrder; readonly reports: readonly SimulationReport[] }
  | { readonly accepted: false; readonly rejection: Rejection };

export type CancelOutcome =
  | { readonly accepted: true; readonly reports: readonly SimulationReport[] }
  | { readonly accepted: false; readonly code: 'unknown_order' | 'already_final' };

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
}
