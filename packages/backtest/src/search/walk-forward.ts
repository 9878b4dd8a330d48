import { AlphaError } from '@alpha-engine/core';
import {
  type PerformanceMetrics,
  performanceMetrics,
  type TradeMetrics,
  tradeMetrics,
} from '../metrics/performance.js';
import { EquityCurve } from '../run/equity-curve.js';
import type { BacktestResult } from '../run/run-backtest.js';
import type { TrialOptions } from './instances-at.js';
import { goalOf } from './objective.js';
import type { Point } from './parameter-space.js';
import type { JudgedTrial } from './rank.js';
import { runSearch, type SearchOptions, type SearchResult } from './run-search.js';
import { runAndClose } from './run-trial.js';
import type { SharedData } from './shared-data.js';
import type { FinishedTrial, Period, TrialFailure } from './trial.js';

/** Lengths in milliseconds. */
export interface WalkForwardPlan {
  readonly trainMs: number;
  readonly testMs: number;
  /** Every window trains from the beginning of the data, instead of on the last `trainMs`. */
  readonly anchored: boolean;
}

export interface WalkForwardWindow {
  readonly train: Period;
  readonly test: Period;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `train=90d,test=30d` or `train=90d,test=30d,anchored`; lengths in m, h, d or w. Throws `USAGE`. */
export function parseWalkForward(text: string): WalkForwardPlan {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const wrong = () =>
    new AlphaError(
      'USAGE',
      `--walk-forward is "${text}", and should be two lengths such as train=90d,test=30d, and maybe "anchored" after them.`,
    );
  const lengthOf = (name: string): number => {
    const [, count, unit] = /^\w+=(\d+)([mhdw])$/.exec(parts.find((part) => part.startsWith(`${name}=`)) ?? '') ?? [];
    const length = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
    if (!(length > 0)) throw wrong();
    return length;
  };
  const anchored = parts.includes('anchored');
  if (parts.length !== (anchored ? 3 : 2)) throw wrong();
  return { trainMs: lengthOf('train'), testMs: lengthOf('test'), anchored };
}

/** Whole windows only: each tests what follows its training, and the tests follow each other without a gap. Throws `USAGE` when there is no room for one. */
export function walkForwardWindows(
  { anchored, testMs, trainMs }: WalkForwardPlan,
  { from, to }: Period,
): readonly WalkForwardWindow[] {
  const windows: WalkForwardWindow[] = [];
  for (let at = from + trainMs; at + testMs <= to; at += testMs) {
    windows.push({ train: { from: anchored ? from : at - trainMs, to: at }, test: { from: at, to: at + testMs } });
  }
  if (windows.length > 0) return windows;
  const days = (ms: number) => Number((ms / 86_400_000).toFixed(2));
  throw new AlphaError(
    'USAGE',
    `The data cover ${days(to - from)} days, and one window of the walk-forward needs ${days(trainMs + testMs)}.`,
  );
}

export interface WalkForwardOptions {
  readonly windows: readonly WalkForwardWindow[];
  /** Of every window; `period` and `known` are filled in here. */
  readonly search: Omit<SearchOptions, 'period' | 'known'>;
  readonly data: SharedData;
  readonly options: TrialOptions;
  readonly known?: (period: Period) => ReadonlyMap<number, FinishedTrial>;
}

export interface WalkedWindow extends WalkForwardWindow {
  readonly trials: number;
  /** What was chosen by the training; null when nothing was found, and nothing traded then. */
  readonly chosen: JudgedTrial | null;
  /** The chosen point on the bars after its training. */
  readonly outOfSample: {
    readonly value: number | null;
    readonly result: BacktestResult;
    /** Trades that were closed because the test ended. */
    readonly closedAtEnd: number;
  } | null;
  /** What went wrong in the test. Where the strategy threw, it has a result up to there; else none, and nothing traded. */
  readonly failure: TrialFailure | null;
}

export interface WalkForwardResult {
  readonly windows: readonly WalkedWindow[];
  /** All tests, one after the other on one account. */
  readonly outOfSample: {
    readonly curve: EquityCurve;
    readonly metrics: PerformanceMetrics & TradeMetrics;
  };
  readonly stopped: boolean;
}

/**
 * Searches on one part of the data and runs what it found on the part that follows, window by window. The account of a test begins with
 * what the test before left; every test begins without a position, and what is open at its end is closed at the last close, with taker fee and slippage.
 */
export async function runWalkForward(walk: WalkForwardOptions): Promise<WalkForwardResult> {
  const { data, options, search, windows } = walk;
  const curve = new EquityCurve();
  const walked: WalkedWindow[] = [];
  const results: BacktestResult[] = [];
  let cash = Number(String(options.cash));
  for (const window of windows) {
    const found = await train(walk, window);
    if (found.stopped) break;
    const chosen = found.best;
    curve.add(window.test.from, cash);
    const playing = chosen === null || cash <= 0 ? null : chosen.point;
    const failure = playing === null ? null : await failureOf(search, playing, window.test);
    if (search.signal?.aborted) break;
    const lost = failure !== null && failure.failed !== 'threw';
    const tested = playing === null || lost ? null : runAndClose(data, { ...options, cash }, playing, window.test);
    if (tested !== null) {
      const { result } = tested;
      results.push(result);
      const { times, values } = result.curve;
      times.forEach((ts, index) => {
        curve.add(Math.max(ts, window.test.from), values[index] as number);
      });
      cash = result.metrics.finalEquity;
    }
    const outOfSample = tested === null ? null : { value: goalOf(search.objective, tested.result.metrics), ...tested };
    walked.push({ ...window, trials: found.trials.length, chosen, outOfSample, failure });
  }
  const { daysPerYear } = options;
  const performance = performanceMetrics({
    times: curve.times,
    equity: curve.values,
    ...(daysPerYear !== undefined && { daysPerYear }),
  });
  const trades = results
    .flatMap(({ trades: closed }) => closed)
    .map(({ closedTs, openedTs, pnl, return: share }) => {
      return { pnl: pnl.toNumber(), return: share, durationMs: (closedTs ?? openedTs) - openedTs };
    });
  const metrics = { ...performance, ...tradeMetrics(trades) };
  return { windows: walked, outOfSample: { curve, metrics }, stopped: walked.length < windows.length };
}

/**
 * What goes wrong with a point on bars that nobody has tried it on: found where every trial is run, so that a strategy that does not come
 * to an end, or ends its thread, does neither here.
 */
async function failureOf({ runner, signal }: WalkForwardOptions['search'], point: Point, period: Period) {
  const trial = { index: 0, point, period };
  for await (const { outcome } of runner.run([trial], signal ?? new AbortController().signal)) {
    if ('failed' in outcome) return outcome;
  }
  return null;
}

function train({ known, search }: WalkForwardOptions, window: WalkForwardWindow): Promise<SearchResult> {
  const before = known?.(window.train);
  return runSearch({ ...search, period: window.train, ...(before !== undefined && { known: before }) });
}
