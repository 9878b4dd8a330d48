import { AlphaError, type Bar, type DenialEvent, type EpochMs, type Order } from '@alpha-engine/core';
import type { BarSource, DataProvenance } from '../data/bar-source.js';
import type { EventSource } from '../data/event-source.js';
import { figuresOf, type PartMetrics, partMetrics } from '../metrics/part-metrics.js';
import {
  type PerformanceMetrics,
  performanceMetrics,
  type TradeMetrics,
  tradeMetrics,
} from '../metrics/performance.js';
import { mean, ratio } from '../metrics/statistics.js';
import type { BacktestOptions } from './backtest-options.js';
import { BacktestRun } from './backtest-run.js';
import type { EquityCurve } from './equity-curve.js';
import type { RunListener } from './run-record.js';
import { TapeRun } from './tape-run.js';
import type { Trade } from './trade-book.js';
import type { StrategyFailure } from './virtual-engine.js';

/** Money in the quote currency. */
export interface BacktestMetrics extends PerformanceMetrics, TradeMetrics {
  readonly initialEquity: number;
  readonly finalEquity: number;
  /** Of the price, from the first close to the last; of several symbols the mean of theirs: each bought for the same amount. */
  readonly buyAndHoldReturn: number | null;
  /** Share of the bars at whose close something was held. */
  readonly exposure: number | null;
  /** Value of everything bought and sold, over the mean equity, per year. */
  readonly turnover: number | null;
  readonly feesPaid: number;
}

export interface BacktestResult {
  readonly bars: number;
  readonly firstTs: EpochMs | null;
  readonly lastTs: EpochMs | null;
  readonly signals: number;
  readonly metrics: BacktestMetrics;
  readonly trades: readonly Trade[];
  /** Still open when the run ended, as if closed at the last price. */
  readonly openTrades: readonly Trade[];
  /** Its parts, by the strategies' labels and by symbol. */
  readonly byStrategy: readonly PartMetrics[];
  readonly bySymbol: readonly PartMetrics[];
  readonly orders: readonly Order[];
  readonly denials: readonly DenialEvent[];
  /** Strategies that threw and were halted at that bar; the others went on. */
  readonly failures: readonly StrategyFailure[];
  /** What the executor would have told an operator. */
  readonly alarms: readonly string[];
  /** One value at every bar's close, and the capital in front. */
  readonly curve: EquityCurve;
  readonly assumptions: readonly string[];
  readonly data: readonly DataProvenance[];
}

/**
 * Runs strategies over a source of bars, or of recorded trades and books, with the runner, the gate, the executor and the books that trade
 * live. Throws what the source throws, `STRATEGY_PARAM_INVALID`, `DATA_INVALID` when nothing lies in the period, bars come twice or out of
 * order or the fill model needs what the data lack, and `USAGE` for a fill model of the other kind of source. `hear` is told of every signal and
 * fill, and of recorded events of every bar, as they come.
 */
export async function runBacktest(
  source: BarSource | EventSource,
  options: BacktestOptions & { readonly daysPerYear?: number },
  hear: RunListener | null = null,
): Promise<BacktestResult> {
  const run = await ('events' in source ? playEvents(source, options, hear) : playBars(source, options, hear));
  if (run.firstTs === null) {
    const what = 'events' in source ? 'event' : 'bar';
    throw new AlphaError('DATA_INVALID', `There is no ${what} between --from and --to to run the strategy on.`);
  }
  run.end();
  return resultOf(run, options, source.provenance());
}

async function playBars(source: BarSource, options: BacktestOptions, hear: RunListener | null): Promise<BacktestRun> {
  const run = new BacktestRun(options);
  run.record.hear = hear;
  // By number: an iterator leaves an object behind for every bar.
  for await (const bars of source.bars()) for (let at = 0; at < bars.length; at++) run.take(bars[at] as Bar);
  return run;
}

async function playEvents(source: EventSource, options: BacktestOptions, hear: RunListener | null): Promise<TapeRun> {
  const run = new TapeRun(options);
  run.record.hear = hear;
  for await (const events of source.events()) for (const event of events) run.take(event);
  return run;
}

export function resultOf(
  run: BacktestRun | TapeRun,
  options: BacktestOptions & { readonly daysPerYear?: number },
  data: readonly DataProvenance[],
): BacktestResult {
  const { curve, record } = run;
  const { book } = record;
  const { times, values } = curve;
  const { daysPerYear, instances, instruments } = options;
  const performance = performanceMetrics({ times, equity: values, ...(daysPerYear !== undefined && { daysPerYear }) });
  const trades = book.closed();
  const prices = run.prices();
  const openTrades = book.open(prices);
  const symbols = instruments.map(({ symbol }) => symbol);
  const changes = symbols.map((symbol) => run.change(symbol)).filter((change) => change !== null);
  const meanEquity = mean(values) ?? 0;
  const timesTraded = meanEquity > 0 ? ratio(book.traded.toNumber(), meanEquity) : null;
  return {
    bars: run.bars,
    firstTs: run.firstTs,
    lastTs: times.at(-1) ?? null,
    signals: record.signals,
    metrics: {
      initialEquity: values[0] ?? 0,
      finalEquity: values.at(-1) ?? 0,
      ...performance,
      ...tradeMetrics(trades.map(figuresOf)),
      buyAndHoldReturn: mean(changes),
      exposure: ratio(run.investedBars, run.bars),
      turnover: ratio(timesTraded, performance.years),
      feesPaid: book.fees.toNumber(),
    },
    trades,
    openTrades,
    byStrategy: partMetrics(
      'strategy',
      [...new Set(instances.map(({ strategy }) => strategy.label))],
      trades,
      openTrades,
    ),
    bySymbol: partMetrics('symbol', symbols, trades, openTrades),
    orders: record.orders(),
    denials: record.denials,
    failures: record.failures,
    alarms: record.alarms,
    curve,
    assumptions: run.assumptions(),
    data,
  };
}
