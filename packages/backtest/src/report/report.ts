import type { EpochMs } from '@alpha-engine/core';
import type { BacktestResult } from '../run/run-backtest.js';
import type { SymbolPrices } from './price-sketch.js';

/** What a report is made of: the same for a back-test and for a period that was traded. */
export interface Report {
  readonly kind: 'back-test' | 'walk-forward' | 'paper' | 'live';
  readonly strategies: readonly ReportStrategy[];
  readonly exchange: string;
  /** What money is counted in; empty where nobody said. */
  readonly quote: string;
  readonly result: ReportResult;
  readonly prices: readonly SymbolPrices[];
  /** What else was set, such as trading rules and limits; each is a table of names and values. */
  readonly settings: readonly ReportSettings[];
  /** Whatever a reader must know before the figures, in sentences. */
  readonly notes: readonly string[];
  readonly madeTs: EpochMs;
  /** Version of the engine. */
  readonly version: string;
}

export interface ReportSettings {
  readonly title: string;
  readonly rows: Readonly<Record<string, string>>;
}

export interface ReportStrategy {
  readonly label: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Of its code; empty where unknown. */
  readonly codeHash: string;
}

export type ReportResult = Pick<
  BacktestResult,
  | 'alarms'
  | 'assumptions'
  | 'bars'
  | 'byStrategy'
  | 'bySymbol'
  | 'curve'
  | 'data'
  | 'denials'
  | 'failures'
  | 'firstTs'
  | 'lastTs'
  | 'metrics'
  | 'openTrades'
  | 'signals'
  | 'trades'
> & { readonly orders: { readonly length: number } };
