import { dailyEquity, PriceSketch, type Report, sketchedSource } from '@alpha-engine/backtest';
import {
  goalOf,
  instancesAt,
  type Period,
  type Point,
  parseWalkForward,
  runWalkForward,
  stitchedResult,
  type WalkedWindow,
  type WalkForwardResult,
  walkForwardSection,
  walkForwardWindows,
} from '@alpha-engine/backtest/search';
import { AlphaError } from '@alpha-engine/core';
import { htmlReportOf } from './backtest/html-report.js';
import { trialRow } from './optimize.js';
import { type OptimizeRequest, type PreparedSearch, prepareSearch, searchRow } from './prepare-search.js';
import { openReport, type ReportFile } from './write-report.js';

export type WalkForwardReport = Awaited<ReturnType<typeof walkForward>>;

/** A search in each window and what it found on the bars that follow. Throws as `optimize` does, and `USAGE` when there is no room for a window. */
export async function walkForward(
  request: OptimizeRequest & { readonly plan: string },
  page: { readonly file: string; readonly version: string } | null = null,
) {
  const plan = parseWalkForward(request.plan);
  const prepared = await prepareSearch(request);
  let report: ReportFile | null = null;
  try {
    if (page !== null) report = await openReport(page.file);
    const { data, known, options, search } = prepared;
    const windows = walkForwardWindows(plan, periodOf(prepared));
    const result = await runWalkForward({ windows, search, data, options, ...(known && { known }) });
    if (report !== null && result.windows.length > 0) {
      await report.write(await walkedReport(request, prepared, result, page?.version ?? ''), [
        walkForwardSection(result.windows, request.objective),
      ]);
    }
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
      report: result.windows.length > 0 ? (page?.file ?? null) : null,
      stopped: result.stopped,
    };
  } finally {
    await report?.abandon();
    await prepared.close();
  }
}

/** The tests as one run. What was searched over is said of the strategy, for every window has values of its own. */
async function walkedReport(
  { plan, sampler, seed, space, where }: OptimizeRequest & { readonly plan: string },
  { data, options }: PreparedSearch,
  result: WalkForwardResult,
  version: string,
): Promise<Report> {
  const sketch = new PriceSketch({ from: result.windows[0]?.test.from, to: result.windows.at(-1)?.test.to });
  const seen = sketchedSource(data, sketch);
  for await (const _ of 'events' in seen ? seen.events() : seen.bars());
  const searched = Object.fromEntries(space.map((text) => text.split('=')).map(([name]) => [name, 'searched']));
  const instances = instancesAt(options, searched as Point);
  const made = htmlReportOf(
    stitchedResult(result, options, sketch.prices(), data.provenance()),
    { ...options, instances },
    sketch,
    version,
    result.stopped ? ['The walk-forward was stopped before its end.'] : [],
  );
  const rows = {
    plan,
    sampler,
    seed: String(seed),
    space: space.join(', '),
    ...(where.length > 0 && { where: where.join(', ') }),
  };
  return { ...made, kind: 'walk-forward', settings: [{ title: 'Search', rows }, ...made.settings] };
}

function periodOf({ data, options }: PreparedSearch): Period {
  const all = data.period();
  const from = Math.max(all?.from ?? 0, options.from ?? Number.NEGATIVE_INFINITY);
  const to = Math.min(all?.to ?? 0, options.to ?? Number.POSITIVE_INFINITY);
  if (from < to) return { from, to };
  throw new AlphaError('DATA_INVALID', 'There is nothing between --from and --to to run the strategy on.');
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
