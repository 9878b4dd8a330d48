import type { Decimal } from '../../decimal/decimal.js';
import type { EpochMs, Side } from '../../events/common.js';
import type { OrderPurpose } from '../../events/order.js';
import type { Protect } from '../../events/signal.js';

export type ProtectivePurpose = Extract<OrderPurpose, 'stop_loss' | 'take_profit' | 'trailing_stop'>;

/** What a guard shows of itself. `side` is the position's. */
export interface Protection extends Pick<Guard, 'symbol' | 'side' | 'protect' | 'stopPrice' | 'targetPrice'> {
  /** An order at the exchange covers all of it; else the executor watches the price for both the stop and the target. */
  readonly rests: boolean;
}

/**
 * What protects one position: a lot on leverage, the coins of one strategy on spot. Plain state, kept with the record: its
 * orders carry the id of the entry's signal and a leg of their own.
 */
export interface Guard {
  readonly symbol: string;
  readonly strategy: string;
  /** Of the entry. */
  readonly signalId: string;
  /** Leverage only. */
  readonly positionId: string | null;
  /** Of the position. */
  readonly side: Side;
  readonly protect: Protect;
  /** Of its orders; no other orders of the signal have it. */
  readonly leg: number;
  /** Number of its next order. */
  placed: number;
  /** Where the position is given up; null: nowhere. */
  stopPrice: Decimal | null;
  targetPrice: Decimal | null;
  /** Best price since the entry that the trail follows. */
  best: number;
  /** The position is to be closed, and why: it stays so until nothing is held. */
  closing: ProtectivePurpose | null;
  /** The signal that closes the position itself: until it is decided, nothing is placed. */
  clearedFor: string | null;
  /** Number of its last order that the exchange would not have; null: none. */
  failed: number | null;
  /** The exchange does not move its resting stop: the price wanted now is watched here. */
  stuck: boolean;
  /** Wall time before which it places nothing. */
  notBeforeWallTs: EpochMs;
}
