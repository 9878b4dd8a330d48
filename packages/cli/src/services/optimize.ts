import {
  bootstrapTrades,
  deflatedSharpe,
  heatMap,
  instancesAt,
  type JudgedTrial,
  type Point,
  randomEntriesTest,
  runPoint,
  runSearch,
  type SearchResult,
  SharedBars,
} from '@alpha-engine/backtest/search';
import { reportedBacktest } from './backtest/html-report.js';
import { type OptimizeRequest, type PreparedSearch, prepareSearch, searchRow } from './prepare-search.js';

export type OptimizeReport = Awaited<ReturnType<typeof optimize>>;

/** One search over all of the data, and what its best is worth. Throws `USAGE`, `STRATEGY_*`, `DATA_UNREADABLE` and `DATA_INVALID`. */
export async function optimize(
  request: OptimizeRequest,
  page: { readonly file: string; readonly version: string } | null = null,
) {
  const prepared = await prepareSearch(request);
  try {
    const known = prepared.known?.();
    const result = await runSearch({ ...prepared.search, ...(known !== undefined && { known }) });
    if (page !== null && result.best !== null) await reportBest(prepared, result, request.objective, page);
    return {
      ...searchRow(request, prepared),
      ...countsOf(result),
      report: result.best === null ? null : (page?.file ?? null),
      best: result.best === null ? null : trialRow(result.best),
      overfit: result.best === null || result.stopped ? null : overfitOf(prepared, result, request.seed),
      top: result.ranked.slice(0, request.top).map(trialRow),
    };
  } finally {
    await prepared.close();
  }
}

/** The back-test of the best, run once more, with a map of the search in its report. Throws `OUTPUT_UNWRITABLE`. */
async function reportBest(
  { data, options }: PreparedSearch,
  { best, trials }: SearchResult,
  objective: string,
  page: { readonly file: string; readonly version: string },
): Promise<void> {
  const instances = instancesAt(options, (best as JudgedTrial).point);
  await reportedBacktest(data, { ...options, instances }, page, [heatMap(trials, objective)]);
}

/** What of the best may be chance; its back-test is run once more, with its trades. */
function overfitOf({ data, options }: PreparedSearch, { best, ranked }: SearchResult, seed: number) {
  const result = runPoint(data, options, (best as JudgedTrial).point);
  const { trades } = result;
  const { slippage, slippageOn } = options.fill;
  const sharpes = ranked.flatMap(({ outcome }) =>
    'metrics' in outcome && outcome.metrics.sharpe !== null ? [outcome.metrics.sharpe] : [],
  );
  return {
    bootstrap: bootstrapTrades(trades, result.metrics.initialEquity, { seed }),
    randomEntries:
      data instanceof SharedBars
        ? randomEntriesTest(data, trades, slippageOn === 'all' ? 2 * slippage : slippage, { seed })
        : null,
    deflatedSharpe: deflatedSharpe(result, sharpes),
  };
}

function countsOf({ ranked, refused, stopped }: SearchResult) {
  const count = (standing: JudgedTrial['standing']) => ranked.filter((trial) => trial.standing === standing).length;
  return {
    trials: ranked.length,
    found: count('found'),
    unmet: count('unmet'),
    notAvailable: count('not available'),
    failed: count('failed'),
    failures: failuresOf(ranked),
    refused,
    stopped,
  };
}

/** What went wrong, each once, with how often and where first. */
function failuresOf(ranked: readonly JudgedTrial[]) {
  const failures = new Map<string, { reason: string; message: string; count: number; first: Point; at?: string }>();
  for (const { outcome, point } of ranked) {
    if (!('failed' in outcome)) continue;
    const { failed: reason, message, ts } = outcome;
    const known = failures.get(`${reason}${message}`);
    const at = ts === undefined ? {} : { at: new Date(ts).toISOString() };
    if (known !== undefined) known.count += 1;
    else failures.set(`${reason}${message}`, { reason, message, count: 1, first: point, ...at });
  }
  return [...failures.values()];
}

export function trialRow({ index, outcome, point, standing, unmet, value }: JudgedTrial) {
  return {
    index,
    params: point,
    value,
    standing,
    unmet,
    metrics: 'failed' in outcome ? undefined : outcome.metrics,
    failure: 'failed' in outcome ? outcome : undefined,
  };
}
