import { parseParams } from '@alpha-engine/core';
import { declaredWarmup } from '../lookahead/warmup-need.js';
import { BacktestRun } from '../run/backtest-run.js';
import { type BacktestResult, resultOf } from '../run/run-backtest.js';
import { TapeRun } from '../run/tape-run.js';
import { instancesAt, type TrialOptions } from './instances-at.js';
import type { Point } from './parameter-space.js';
import type { SharedBars } from './shared-bars.js';
import type { SharedData } from './shared-data.js';
import { SharedEvents } from './shared-events.js';
import type { Period, Trial, TrialFailure, TrialOutcome } from './trial.js';

/** Runs one trial to its end on this thread. A strategy that throws has failed; nothing is thrown here. */
export function runTrial(data: SharedData, options: TrialOptions, trial: Trial): TrialOutcome {
  try {
    const { failures, metrics } = runPoint(data, options, trial.point, trial.period);
    const [failure] = failures;
    return failure === undefined ? { metrics } : { failed: 'threw', message: failure.message, ts: failure.ts };
  } catch (fault) {
    return threw(fault);
  }
}

export function threw(fault: unknown): TrialFailure {
  return { failed: 'threw', message: fault instanceof Error ? fault.message : String(fault) };
}

/**
 * A back-test of one point. Of a part of bars it reads as many before as the strategy says it needs, as a live start would; of a part of
 * events all before, of which bars are built.
 * Throws what `create` of the strategy throws.
 */
export function runPoint(data: SharedData, options: TrialOptions, point: Point, period?: Period): BacktestResult {
  const { run, set } = played(data, options, point, period);
  return resultOf(run, set, []);
}

/** The same, and what is open at its end is closed, with what that costs. */
export function runAndClose(
  data: SharedData,
  options: TrialOptions,
  point: Point,
  period: Period,
): { readonly result: BacktestResult; readonly closedAtEnd: number } {
  const { run, set } = played(data, options, point, period);
  const closedAtEnd = run.closeAll();
  return { result: resultOf(run, set, []), closedAtEnd };
}

function played(data: SharedData, options: TrialOptions, point: Point, period?: Period) {
  const instances = instancesAt(options, point);
  const set: TrialOptions = { ...options, instances, ...period };
  const run = data instanceof SharedEvents ? playedEvents(data, set, period) : playedBars(data, set, period);
  run.end();
  return { run, set };
}

function playedBars(bars: SharedBars, set: TrialOptions, period?: Period): BacktestRun {
  const run = new BacktestRun(set);
  const first = period === undefined ? 0 : Math.max(0, bars.indexOf(period.from) - warmupOf(set));
  const end = period === undefined ? bars.length : bars.indexOf(period.to);
  for (const batch of bars.bars(first, end)) for (const bar of batch) run.take(bar);
  return run;
}

/** From the first event on: changes of a book need the whole book, however long before the period it was told. */
function playedEvents(events: SharedEvents, set: TrialOptions, period?: Period): TapeRun {
  const run = new TapeRun(set);
  for (const batch of events.events(period?.to)) for (const event of batch) run.take(event);
  return run;
}

/** Bars of all symbols, which alternate. */
function warmupOf({ instances, instruments }: TrialOptions): number {
  const needs = instances.map(({ params, strategy, timeframe }) =>
    declaredWarmup(strategy.create(parseParams(strategy, params)), timeframe),
  );
  return Math.max(0, ...needs) * instruments.length;
}
