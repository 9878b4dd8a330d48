import type { EpochMs } from '@alpha-engine/core';
import type { BacktestMetrics } from '../run/run-backtest.js';
import type { Point } from './parameter-space.js';

/** One back-test to be run. */
export interface Trial {
  /** Its place among all trials of the search, from 0. */
  readonly index: number;
  readonly point: Point;
  /** A part of the data; absent: all that the options allow. */
  readonly period?: Period;
}

/** From a moment (included) to another (excluded). */
export interface Period {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** What became of a trial. Plain: it travels between threads and lies in files. */
export type TrialOutcome = { readonly metrics: BacktestMetrics } | TrialFailure;

/** `threw`: the strategy did, at some bar. `died`: the thread did that ran it. */
export interface TrialFailure {
  readonly failed: 'threw' | 'died';
  readonly message: string;
}

export interface FinishedTrial extends Trial {
  readonly outcome: TrialOutcome;
}
