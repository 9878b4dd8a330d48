import type { EpochMs, FillRecord } from '@alpha-engine/core';
import { figuresOf, partMetrics } from '../metrics/part-metrics.js';
import { performanceMetrics, tradeMetrics } from '../metrics/performance.js';
import { mean, ratio } from '../metrics/statistics.js';
import { EquityCurve } from '../run/equity-curve.js';
import type { BacktestMetrics } from '../run/run-backtest.js';
import { type Trade, TradeBook } from '../run/trade-book.js';
import { carriedEquity } from './carried-equity.js';

/** What a record holds of a time that was traded, on paper or live. */
export interface Period {
  readonly from: EpochMs;
  /** Not in it any more. */
  readonly to: EpochMs;
  /** Of the account, as the engine booked it, which is while something is held; the first value is what it had at the beginning. */
  readonly equity: EquityCurve;
  /** What the books took as fees in the period, those for holding positions included. Absent: the fees of the fills. */
  readonly fees?: number;
  /** From the beginning of the record to `to`, oldest first: what was open at `from` follows from those before. */
  readonly fills: readonly FillRecord[];
  /** Closes of the bars in the period, by symbol, oldest first. */
  readonly closes: ReadonlyMap<string, readonly BarClose[]>;
  /** Only the trades of this one; its equity is what the account began with and what it alone made of it. */
  readonly strategy?: string;
}

export interface BarClose {
  readonly ts: EpochMs;
  readonly price: number;
}

export interface PeriodResult {
  readonly metrics: BacktestMetrics;
  /** Closed in the period, whenever they were opened. */
  readonly trades: readonly Trade[];
  readonly openTrades: readonly Trade[];
  readonly curve: EquityCurve;
  readonly bars: number;
  /** Trades that were open when the period began. */
  readonly broughtIn: number;
}

/** The figures of a back-test, from what was traded. */
export function periodResult(period: Period): PeriodResult {
  const { closes, from, strategy, to } = period;
  const fills = period.fills.filter(({ fill, strategy: whose }) => fill.ts < to && (strategy ?? whose) === whose);
  const { book, curve, held, bars } = walk({ ...period, fills });
  const own = carriedEquity(strategy === undefined ? period.equity : curve, closes);
  const { times, values } = own;
  const performance = performanceMetrics({ times, equity: values });
  const trades = book.closed().filter(({ closedTs }) => (closedTs ?? 0) >= from);
  const openTrades = book.open(lastPrices(closes, fills));
  const within = fills.filter(({ fill }) => fill.ts >= from);
  const traded = within.reduce((sum, { fill }) => sum + fill.price.times(fill.size).toNumber(), 0);
  const changes = [...closes.values()].flatMap((list) => {
    const [first, last] = [list[0], list.at(-1)];
    return first === undefined || last === undefined ? [] : [last.price / first.price - 1];
  });
  return {
    metrics: {
      initialEquity: values[0] ?? 0,
      finalEquity: values.at(-1) ?? 0,
      ...performance,
      ...tradeMetrics(trades.map(figuresOf)),
      buyAndHoldReturn: mean(changes),
      exposure: ratio(held, bars),
      turnover: ratio(ratio(traded, mean(values)), performance.years),
      feesPaid:
        strategy === undefined && period.fees !== undefined
          ? period.fees
          : within.reduce((sum, { fill }) => sum + fill.fee.toNumber(), 0),
    },
    trades,
    openTrades,
    curve: own,
    bars,
    broughtIn: [...trades, ...openTrades].filter(({ openedTs }) => openedTs < from).length,
  };
}

/** The parts of a period, as of a back-test. */
export function partsOf({ openTrades, trades }: PeriodResult, by: 'strategy' | 'symbol') {
  const names = [...new Set([...trades, ...openTrades].map((trade) => trade[by]))].sort();
  return partMetrics(by, names, trades, openTrades);
}

/** Fills and closes in order of time: what was held at each close, and what these fills alone made. */
function walk({ closes, equity, fills, from }: Period) {
  const book = new TradeBook();
  const curve = new EquityCurve();
  const prices = new Map<string, number>();
  const marks = [...closes].flatMap(([symbol, list]) => list.map(({ price, ts }) => ({ symbol, ts, price })));
  marks.sort((a, b) => a.ts - b.ts);
  let next = 0;
  const takeUntil = (ts: EpochMs) => {
    for (; next < fills.length && (fills[next] as FillRecord).fill.ts <= ts; next++) {
      const { fill, strategy } = fills[next] as FillRecord;
      book.take(strategy, fill);
      if (!prices.has(fill.symbol)) prices.set(fill.symbol, fill.price.toNumber());
    }
  };
  const worth = () => {
    let sum = book.cash.toNumber();
    for (const [symbol, price] of prices) sum += book.size(symbol).toNumber() * price;
    return sum;
  };
  takeUntil(from - 1);
  for (const [symbol, [first]] of closes) if (first !== undefined) prices.set(symbol, first.price);
  const [before, begun] = [worth(), equity.values[0] ?? 0];
  if (marks[0] !== undefined) curve.add(Math.min(equity.times[0] ?? from, marks[0].ts - 1), begun);
  let held = 0;
  for (const { price, symbol, ts } of marks) {
    takeUntil(ts);
    prices.set(symbol, price);
    if ([...prices.keys()].some((name) => !book.size(name).isZero())) held += 1;
    curve.add(ts, begun + worth() - before);
  }
  takeUntil(Number.POSITIVE_INFINITY);
  return { book, curve, held, bars: marks.length };
}

/** Of the last bar, or of the last fill where there is none. */
function lastPrices(closes: Period['closes'], fills: readonly FillRecord[]): ReadonlyMap<string, number> {
  const prices = new Map(fills.map(({ fill }) => [fill.symbol, fill.price.toNumber()]));
  for (const [symbol, list] of closes) {
    const last = list.at(-1);
    if (last !== undefined) prices.set(symbol, last.price);
  }
  return prices;
}
