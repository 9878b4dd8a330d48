import type { DataProvenance } from '../data/bar-source.js';
import { partMetrics } from '../metrics/part-metrics.js';
import { mean, ratio, sum } from '../metrics/statistics.js';
import type { SymbolPrices } from '../report/price-sketch.js';
import type { ReportResult } from '../report/report.js';
import type { BacktestResult } from '../run/run-backtest.js';
import type { TrialOptions } from './instances-at.js';
import type { WalkForwardResult } from './walk-forward.js';

/** All tests of a walk-forward as one run, for a report. `prices` are those from the first test to the end of the last. */
export function stitchedResult(
  { outOfSample: { curve, metrics }, windows }: WalkForwardResult,
  { instances, instruments }: TrialOptions,
  prices: readonly SymbolPrices[],
  data: readonly DataProvenance[],
): ReportResult {
  const results = windows.flatMap(({ outOfSample }) => (outOfSample === null ? [] : [outOfSample.result]));
  const all = <Item>(pick: (result: BacktestResult) => readonly Item[]) => results.flatMap(pick);
  const total = (pick: (result: BacktestResult) => number) => sum(results.map(pick));
  const trades = all((result) => result.trades);
  const labels = [...new Set(instances.map(({ strategy }) => strategy.label))];
  const { times, values } = curve;
  const bars = total((result) => result.bars);
  const changes = prices.map(({ candles, firstClose }) => (candles.at(-1)?.close ?? firstClose) / firstClose - 1);
  return {
    bars,
    firstTs: times[0] ?? null,
    lastTs: times.at(-1) ?? null,
    signals: total((result) => result.signals),
    metrics: {
      initialEquity: values[0] ?? 0,
      finalEquity: values.at(-1) ?? 0,
      ...metrics,
      buyAndHoldReturn: mean(changes),
      exposure: ratio(
        total((result) => (result.metrics.exposure ?? 0) * result.bars),
        bars,
      ),
      turnover: ratio(ratio(total(tradedBy), mean(values) ?? 0), metrics.years),
      feesPaid: total((result) => result.metrics.feesPaid),
    },
    trades,
    openTrades: [],
    byStrategy: partMetrics('strategy', labels, trades, []),
    bySymbol: partMetrics(
      'symbol',
      instruments.map(({ symbol }) => symbol),
      trades,
      [],
    ),
    orders: { length: total((result) => result.orders.length) },
    denials: all((result) => result.denials),
    failures: all((result) => result.failures),
    alarms: all((result) => result.alarms),
    curve,
    assumptions: [...new Set(all((result) => result.assumptions))],
    data,
  };
}

/** The value of everything bought and sold. */
function tradedBy({ curve, metrics: { turnover, years } }: BacktestResult): number {
  return (turnover ?? 0) * (years ?? 0) * (mean(curve.values) ?? 0);
}
