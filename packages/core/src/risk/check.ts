import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { SignalAction } from '../events/signal.js';
import type { Instrument } from '../instrument/instrument.js';
import type { OrderTerms } from '../orders/order.js';
import type { DenialCode } from './denial.js';

/** What a signal comes to before the gate has looked at it: the orders it would need, none when its target is met already. */
export interface Intent {
  readonly signalId: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly action: SignalAction;
  readonly signalTs: EpochMs;
  readonly orders: readonly OrderTerms[];
  /** Why the opening has no size, as a full sentence; its order has size zero then. */
  readonly unsized?: string;
}

/** What the checks may look at; plain values, so that back-test and live judge alike. Times are market time. */
export interface RiskView {
  readonly now: EpochMs;
  /** Null when the symbol is not traded. */
  readonly instrument: Instrument | null;
  readonly duplicate: boolean;
  readonly maxSignalAgeMs: number;
  readonly maxDataAgeMs: number;
  readonly maxPositionSize: Decimal;
  readonly maxDrawdown: Decimal;
  /** Why openings are halted, or null. */
  readonly halt: string | null;
  /** Time of the symbol's last quote; null before the first. */
  readonly quoteTs: EpochMs | null;
  /** What is wrong with the symbol's feed, or null. */
  readonly feedProblem: string | null;
  readonly reconciled: boolean;
  /** Base coin of the symbol: open positions of every strategy and both sides, and every unfilled opening, in doubt included. */
  readonly exposure: Decimal;
  /** Fraction of the equity peak. */
  readonly drawdown: Decimal;
  /** A fall stopped openings before and nobody has resumed since. */
  readonly drawdownStopped: boolean;
}

export interface CheckResult {
  /** The values looked at; kept with the verdict. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** A full sentence with the values in it; absent when the intent passes. */
  readonly denied?: string;
}

/** One rule of the gate. */
export interface Check {
  readonly code: DenialCode;
  /** `openings`: skipped for intents that only reduce. */
  readonly applies: 'always' | 'openings';
  review(intent: Intent, view: RiskView): CheckResult;
}

/** True when the intent would add exposure. */
export function opens(intent: Intent): boolean {
  return intent.orders.some((order) => order.effect === 'open');
}
