import type { Bar } from '@alpha-engine/core';
import { dailyEquity, returnsOf } from '../metrics/daily.js';
import { mean, percentile, standardDeviation } from '../metrics/statistics.js';
import type { BacktestResult } from '../run/run-backtest.js';
import type { Trade } from '../run/trade-book.js';
import { normalCumulative, normalQuantile } from './normal.js';
import { Random } from './random.js';
import type { SharedBars } from './shared-bars.js';

/** Below this the trades say nothing about others. */
const FEWEST_TRADES = 10;
const EULER = 0.5772156649015329;

/** Where 95 % of the values lie that chance could have given. */
export interface Interval {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface TradeBootstrap {
  readonly samples: number;
  readonly expectancy: Interval;
  readonly totalReturn: Interval;
  readonly maxDrawdown: Interval;
}

/**
 * As many trades as there were, drawn from them with repetition, again and again: what the same kind of trades could have come to. A trade
 * counts with its profit, and with that as a share of what the account had before it. Null below ten trades.
 */
export function bootstrapTrades(
  trades: readonly Pick<Trade, 'pnl'>[],
  cash: number,
  { samples = 2_000, seed }: { readonly samples?: number; readonly seed: number },
): TradeBootstrap | null {
  if (trades.length < FEWEST_TRADES) return null;
  const random = new Random(seed);
  const profits = trades.map(({ pnl }) => pnl.toNumber());
  let equity = cash;
  const shares = profits.map((profit) => {
    const share = equity > 0 ? profit / equity : 0;
    equity += profit;
    return share;
  });
  const expectancy = new Float64Array(samples);
  const totalReturn = new Float64Array(samples);
  const maxDrawdown = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    let [sum, value, peak, fall] = [0, 1, 1, 0];
    for (let drawn = 0; drawn < trades.length; drawn++) {
      const index = random.below(trades.length);
      sum += profits[index] as number;
      value *= 1 + (shares[index] as number);
      peak = Math.max(peak, value);
      fall = Math.max(fall, (peak - value) / peak);
    }
    expectancy[sample] = sum / trades.length;
    totalReturn[sample] = value - 1;
    maxDrawdown[sample] = fall;
  }
  const interval = (values: Float64Array): Interval => ({
    low: percentile(values, 0.025) as number,
    median: percentile(values, 0.5) as number,
    high: percentile(values, 0.975) as number,
  });
  return {
    samples,
    expectancy: interval(expectancy),
    totalReturn: interval(totalReturn),
    maxDrawdown: interval(maxDrawdown),
  };
}

export interface RandomEntriesTest {
  readonly samples: number;
  /** Mean return of the trades, after costs. */
  readonly own: number;
  /** Of trades as many and as long at moments by chance, with the same costs. */
  readonly byChance: Interval;
  /** Share of the samples that were as good or better, the own one among them. */
  readonly pValue: number;
}

/** A trade without its moment. */
interface Held {
  readonly bars: number;
  readonly sign: 1 | -1;
  /** Fees and slippage, as a share of what was opened. */
  readonly cost: number;
}

/**
 * Compares the trades with as many of the same sides and lengths that begin at moments by chance, from an open to an open, with the same
 * fees and slippage. Null below ten trades, and with several symbols.
 */
export function randomEntriesTest(
  bars: SharedBars,
  trades: readonly Trade[],
  slippage: number,
  { samples = 1_000, seed }: { readonly samples?: number; readonly seed: number },
): RandomEntriesTest | null {
  if (trades.length < FEWEST_TRADES || bars.message.series.length > 1) return null;
  const opens = opensOf(bars);
  const held = trades.map((trade): Held => {
    const length = bars.indexOf(trade.closedTs ?? trade.openedTs) - bars.indexOf(trade.openedTs);
    const value = trade.size.times(trade.entryPrice).toNumber();
    return {
      bars: Math.max(1, length),
      sign: trade.side === 'long' ? 1 : -1,
      cost: trade.fees.toNumber() / value + slippage,
    };
  });
  const own = mean(trades.map(({ return: share }) => share)) as number;
  const random = new Random(seed);
  const means = Float64Array.from({ length: samples }, () => meanAtRandom(opens, held, random));
  const asGood = means.filter((value) => value >= own).length;
  return {
    samples,
    own,
    byChance: {
      low: percentile(means, 0.025) as number,
      median: percentile(means, 0.5) as number,
      high: percentile(means, 0.975) as number,
    },
    pValue: (asGood + 1) / (samples + 1),
  };
}

/** Trades follow each other in an order by chance, with gaps by chance; where they overlapped, each begins anywhere. */
function meanAtRandom(opens: Float64Array, held: readonly Held[], random: Random): number {
  const last = opens.length - 1;
  const free = last - held.reduce((sum, { bars }) => sum + bars, 0);
  const order = held.map((trade) => ({ trade, key: random.next() })).sort((a, b) => a.key - b.key);
  const gaps = Float64Array.from(held, () => random.next() * Math.max(free, 0)).sort();
  let behind = 0;
  let sum = 0;
  order.forEach(({ trade: { bars, cost, sign } }, index) => {
    const start = free >= 0 ? behind + Math.floor(gaps[index] as number) : random.below(Math.max(1, last - bars));
    behind += bars;
    const [entry, exit] = [opens[start] as number, opens[Math.min(last, start + bars)] as number];
    sum += sign * (exit / entry - 1) - cost;
  });
  return sum / held.length;
}

function opensOf(bars: SharedBars): Float64Array {
  const opens = new Float64Array(bars.length);
  let index = 0;
  for (const batch of bars.bars()) for (const { open } of batch as readonly Bar[]) opens[index++] = open;
  return opens;
}

export interface DeflatedSharpe {
  /** How many trials the best was chosen from. */
  readonly trials: number;
  /** Yearly, as the best one's: what the best of so many trials without any skill comes to. */
  readonly byChance: number;
  /** Probability that the best one's true Sharpe ratio is above that. */
  readonly probability: number;
}

/**
 * Bailey and López de Prado, "The Deflated Sharpe Ratio", 2014: the Sharpe ratio of daily returns against the greatest of as many
 * independent trials by chance, allowing for the length of the series, its skew and its tails. Trials that resemble each other count as
 * if they did not, which is too hard rather than too soft. Null when the ratio is not available, or of fewer than two trials.
 */
export function deflatedSharpe(
  { curve, metrics }: BacktestResult,
  /** Yearly, of every trial that has one. */
  sharpes: readonly number[],
): DeflatedSharpe | null {
  const { daysPerYear, sharpe } = metrics;
  const returns = returnsOf(dailyEquity(curve.times, curve.values).equity);
  const [average, deviation, spread] = [mean(returns), standardDeviation(returns), standardDeviation(sharpes)];
  if (sharpe === null || average === null || !deviation || spread === null || returns.length < 3) return null;
  const moment = (power: number) => mean(returns.map((one) => ((one - average) / deviation) ** power)) as number;
  const own = sharpe / Math.sqrt(daysPerYear);
  const count = sharpes.length;
  const greatest = (1 - EULER) * normalQuantile(1 - 1 / count) + EULER * normalQuantile(1 - 1 / (count * Math.E));
  const byChance = (spread / Math.sqrt(daysPerYear)) * greatest;
  const uncertainty = 1 - moment(3) * own + ((moment(4) - 1) / 4) * own * own;
  if (!(uncertainty > 0)) return null;
  const z = ((own - byChance) * Math.sqrt(returns.length - 1)) / Math.sqrt(uncertainty);
  return { trials: count, byChance: byChance * Math.sqrt(daysPerYear), probability: normalCumulative(z) };
}
