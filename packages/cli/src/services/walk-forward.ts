import { dailyEquity } from '@alpha-engine/backtest';
import {
  goalOf,
  type Period,
  parseWalkForward,
  runWalkForward,
  type WalkedWindow,
  type WalkForwardResult,
  walkForwardWindows,
} from '@alpha-engine/backtest/search';
import { AlphaError } from '@alpha-engine/core';
import { trialRow } from './optimize.js';
import { type OptimizeRequest, type PreparedSearch, prepareSearch, searchRow } from './prepare-search.js';

export type WalkForwardReport = Awaited<ReturnType<typeof walkForward>>;

/** A search in each window and what it found on the bars that follow. Throws as `optimize` does, and `USAGE` when there is no room for a window. */
export async function walkForward(request: OptimizeRequest & { readonly plan: string }) {
  const plan = parseWalkForward(request.plan);
  const prepared = await prepareSearch(request);
  try {
    const { bars, known, options, search } = prepared;
    const windows = walkForwardWindows(plan, periodOf(prepared));
    const result = await runWalkForward({ windows, search, bars, options, ...(known && { known }) });
    const { curve, metrics } = result.outOfSample;
    const { days, equity } = dailyEquity(curve.times, curve.values);
    return {
      ...searchRow(request, prepared),
      plan: request.plan,
      windows: result.windows.map((window) => windowRow(window)),
      inSample: meanOf(result, ({ chosen }) => chosen?.value ?? null),
      outOfSample: meanOf(result, ({ outOfSample }) => outOfSample?.value ?? null),
      /** Of all tests one after the other. */
      metrics,
      value: goalOf(search.objective, metrics),
      equity: days.map((day, index) => ({ day: new Date(day).toISOString().slice(0, 10), equity: equity[index] })),
      stopped: result.stopped,
    };
  } finally {
    await prepared.close();
  }
}

function periodOf({ bars, options }: PreparedSearch): Period {
  const all = bars.period();
  const from = Math.max(all?.from ?? 0, options.from ?? Number.NEGATIVE_INFINITY);
  const to = Math.min(all?.to ?? 0, options.to ?? Number.POSITIVE_INFINITY);
  if (from < to) return { from, to };
  throw new AlphaError('DATA_INVALID', 'There is no bar between --from and --to to run the strategy on.');
}

function windowRow({ chosen, failure, outOfSample, test, train, trials }: WalkedWindow) {
  return {
    train: isoOf(train),
    test: isoOf(test),
    trials,
    inSample: chosen === null ? null : trialRow(chosen),
    outOfSample:
      outOfSample === null
        ? null
        : {
            value: outOfSample.value,
            metrics: outOfSample.result.metrics,
            closedAtEnd: outOfSample.closedAtEnd,
          },
    failure,
  };
}

/** Over the windows in which both sides have a value. */
function meanOf({ windows }: WalkForwardResult, pick: (window: WalkedWindow) => number | null): number | null {
  const both = windows.filter(({ chosen, outOfSample }) => chosen?.value != null && outOfSample?.value != null);
  if (both.length === 0) return null;
  return both.reduce((sum, window) => sum + (pick(window) as number), 0) / both.length;
}

function isoOf({ from, to }: Period) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
