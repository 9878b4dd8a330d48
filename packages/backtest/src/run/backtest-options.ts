import type { DecimalInput, EpochMs, InstanceSpec, Instrument, Protect, RiskLimits, Sizing } from '@alpha-engine/core';
import type { FeeRounding, LeverageRules } from '@alpha-engine/core/simulation';
import type { FillOptions } from '../fills/fill-model.js';

export interface BacktestOptions {
  readonly instances: readonly InstanceSpec[];
  /** Trading rules and fees of every symbol; all of one exchange and one quote currency. */
  readonly instruments: readonly Instrument[];
  /** What the account begins with, quote currency. */
  readonly cash: DecimalInput;
  readonly sizing: Sizing;
  readonly fill: FillOptions;
  /** Leverage symbols only. */
  readonly leverageRules: LeverageRules;
  /** How a fee becomes whole units of the quote currency; default `none`. */
  readonly feeRounding?: FeeRounding;
  /** What protects entries whose signal asks for nothing else. */
  readonly protect?: Protect;
  /** Checks of the gate; those that are not given hold nothing back. */
  readonly limits?: Partial<RiskLimits>;
  /** Base coin per symbol; absent: any. */
  readonly maxPositionSize?: DecimalInput;
  /** Fraction of the equity peak; absent: no fall stops openings. */
  readonly maxDrawdown?: DecimalInput;
  /** Bars before this only warm the strategies up. */
  readonly from?: EpochMs;
  /** Bars that begin at or after this are not run. */
  readonly to?: EpochMs;
}
