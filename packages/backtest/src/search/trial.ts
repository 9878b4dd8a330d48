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

/**
 * `threw`: the strategy did, at some bar. Of the thread that ran it: `timed_out`: it was ended because it took too long; `out_of_memory`: it
 * needed more than it may have; `died`: it ended otherwise.
 */
export interface TrialFailure {
  readonly failed: 'threw' | 'timed_out' | 'out_of_memory' | 'died';
  readonly message: string;
  /** Of the bar at which the strategy threw. */
  readonly ts?: EpochMs;
  /** How long it was let run, milliseconds; of `timed_out` only. */
  readonly afterMs?: number;
}

export interface FinishedTrial extends Trial {
  readonly outcome: TrialOutcome;
}
