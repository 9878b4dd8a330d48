import { type InstanceSpec, parseParams } from '@alpha-engine/core';
import { BacktestRun } from '../run/backtest-run.js';
import { type BacktestResult, resultOf } from '../run/run-backtest.js';
import { instancesAt, type TrialOptions } from './instances-at.js';
import type { Point } from './parameter-space.js';
import type { SharedBars } from './shared-bars.js';
import type { Period, Trial, TrialOutcome } from './trial.js';

/** Runs one trial to its end on this thread. A strategy that throws has failed; nothing is thrown here. */
export function runTrial(bars: SharedBars, options: TrialOptions, trial: Trial): TrialOutcome {
  try {
    const { failures, metrics } = runPoint(bars, options, trial.point, trial.period);
    const [failure] = failures;
    return failure === undefined ? { metrics } : { failed: 'threw', message: failure.message };
  } catch (fault) {
    return { failed: 'threw', message: fault instanceof Error ? fault.message : String(fault) };
  }
}

/**
 * A back-test of one point. Of a part of the data it reads as many bars before as the strategy says it needs, as a live start would.
 * Throws what `create` of the strategy throws.
 */
export function runPoint(bars: SharedBars, options: TrialOptions, point: Point, period?: Period): BacktestResult {
  const instances = instancesAt(options, point);
  const set: TrialOptions = { ...options, instances, ...period };
  const run = new BacktestRun(set);
  const first = period === undefined ? 0 : Math.max(0, bars.indexOf(period.from) - warmupOf(instances));
  const end = period === undefined ? bars.length : bars.indexOf(period.to);
  for (const batch of bars.bars(first, end)) for (const bar of batch) run.take(bar);
  run.end();
  return resultOf(run, set, []);
}

function warmupOf(instances: readonly InstanceSpec[]): number {
  // Bars of several symbols alternate.
  return instances.reduce((sum, { strategy, params }) => {
    return sum + (strategy.create(parseParams(strategy, params)).warmup ?? 0);
  }, 0);
}
