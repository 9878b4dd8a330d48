import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { SignalAction } from '../events/signal.js';
import type { OrderKind } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { OrderTerms } from '../orders/order.js';
import type { DenialCode } from './denial.js';
import type { RiskLimits } from './limits.js';
import type { Halt } from './trading-states.js';

/** What a signal comes to before the gate has looked at it: the orders it would need, none when its target is met already. */
export interface Intent {
  readonly signalId: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly action: SignalAction;
  readonly signalTs: EpochMs;
  /** From the signal; null for an order that is looked at once more before it leaves. */
  readonly confidence: number | null;
  readonly priceRef: number | null;
  readonly orders: readonly OrderTerms[];
  /** Where the opening is to be given up; absent: nowhere, or nobody knows at what it will enter. */
  readonly protection?: ProtectiveLevels;
  /** Why the opening has no size, as a full sentence; its order has size zero then. */
  readonly unsized?: string;
}

/** What protects an opening, reckoned from the price that it is about to enter at. Quote per base. */
export interface ProtectiveLevels {
  readonly side: Side;
  readonly entry: Decimal;
  /** The stop-loss, or the trail as it begins. */
  readonly stop: Decimal | null;
  readonly target: Decimal | null;
}

/** Best quotes of a symbol as exact numbers, quote per base. */
export interface Prices {
  readonly bid: Decimal;
  readonly ask: Decimal;
  readonly mid: Decimal;
}

/** An order of ours that may still trade. */
export interface WorkingOrder {
  readonly side: Side;
  readonly type: OrderTerms['type'];
  /** Limit orders only: where it works now. */
  readonly price: Decimal | null;
}

/** What is open and what may become so. Sizes in base coin, values in the quote currency at the middle of the quotes. */
export interface Exposure {
  /** Of the symbol: open positions of every strategy and both sides, and every unfilled opening, in doubt included. */
  readonly size: Decimal;
  readonly symbol: Decimal;
  /** Of the intent's strategy on all symbols. */
  readonly strategy: Decimal;
  readonly account: Decimal;
  /** Cash that no position, no unfilled opening and no fee needs; null while the balances are not known. */
  readonly free: Decimal | null;
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
  readonly limits: RiskLimits;
  /** Of the symbol and of the account. */
  readonly halts: readonly Halt[];
  /** Why the exchange does not trade (maintenance, preopen), or null. */
  readonly closed: string | null;
  /** Null before the first quote. */
  readonly quote: { readonly bid: number; readonly ask: number; readonly ts: EpochMs } | null;
  readonly prices: Prices | null;
  /** What is wrong with the symbol's feed, or null. */
  readonly feedProblem: string | null;
  /** This machine's clock less the exchange's, milliseconds; null where nobody compares them. */
  readonly clockSkewMs: number | null;
  readonly reconciled: boolean;
  /** What the exchange takes on this symbol; null where nobody knows. */
  readonly orderKinds: readonly OrderKind[] | null;
  /** Unfinished orders of the symbol, without the ones that are judged. */
  readonly working: readonly WorkingOrder[];
  readonly exposure: Exposure;
  /** Openings of the account that were approved within the last minute. */
  readonly openingsOfMinute: number;
  /** Fraction of the equity peak. */
  readonly drawdown: Decimal;
  readonly dailyLoss: Decimal;
  readonly losingStreak: number;
  readonly lastLossTs: EpochMs | null;
}

/** What the intent would add and, in a reversal, take away before. Values in the quote currency, zero before the first quote. */
export interface Opening {
  readonly orders: readonly OrderTerms[];
  readonly size: Decimal;
  readonly value: Decimal;
  /** A reversal's opening leaves only after these were filled. */
  readonly closedSize: Decimal;
  readonly closedValue: Decimal;
}

export interface CheckResult {
  /** The values looked at; kept with the verdict. Decimals print as text. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** A full sentence with the values in it; absent when the intent passes. */
  readonly denied?: string;
}

/** One rule of the gate. */
export interface Check {
  readonly code: DenialCode;
  /** `openings`: skipped for intents that only reduce. */
  readonly applies: 'always' | 'openings';
  review(intent: Intent, view: RiskView, opening: Opening): CheckResult;
}

/** True when the intent would add exposure. */
export function opens(intent: Intent): boolean {
  return intent.orders.some((order) => order.effect === 'open');
}
