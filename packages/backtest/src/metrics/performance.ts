import { dailyEquity, returnsOf } from './daily.js';
import { drawdownsOf } from './drawdowns.js';
import {
  downsideDeviation,
  finite,
  mean,
  type Numbers,
  percentile,
  ratio,
  standardDeviation,
  sum,
} from './statistics.js';

const YEAR_MS = 365.25 * 86_400_000;
/** Below this a year's growth says nothing. */
const SHORTEST_YEAR = 1 / 365.25;

/** Fractions of 1 (0.2 is 20 %), durations in milliseconds. Null: not available from this sample. docs/backtest.md defines each. */
export interface PerformanceMetrics {
  readonly totalReturn: number | null;
  readonly cagr: number | null;
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly maxDrawdown: number;
  readonly averageDrawdown: number | null;
  readonly longestDrawdownMs: number | null;
  readonly averageDrawdownMs: number | null;
  readonly tailRatio: number | null;
  readonly equityPeak: number | null;
  /** What the daily figures are made yearly with. */
  readonly daysPerYear: number;
  readonly days: number;
  readonly years: number;
}

export interface PerformanceInput {
  readonly times: Numbers;
  /** The first value is the capital. */
  readonly equity: Numbers;
  /** Default: 365 when anything happened on a Saturday or Sunday, else 252. */
  readonly daysPerYear?: number;
}

export function performanceMetrics({ times, equity, daysPerYear }: PerformanceInput): PerformanceMetrics {
  const daily = dailyEquity(times, equity);
  const returns = returnsOf(daily.equity);
  const perYear = daysPerYear ?? (daily.trading7 ? 365 : 252);
  const [first, last] = [equity[0] ?? 0, equity[equity.length - 1] ?? 0];
  const years = times.length < 2 ? 0 : ((times[times.length - 1] as number) - (times[0] as number)) / YEAR_MS;
  const falls = drawdownsOf(times, equity);
  const maxDrawdown = falls.reduce((most, { depth }) => Math.max(most, depth), 0);
  const cagr = yearlyGrowth(first, last, years);
  const deviation = standardDeviation(returns);
  const average = mean(returns);
  const yearly = Math.sqrt(perYear);
  const [low, high] = [percentile(returns, 0.05), percentile(returns, 0.95)];
  return {
    totalReturn: first > 0 ? finite(last / first - 1) : null,
    cagr,
    volatility: scaled(deviation, yearly),
    sharpe: scaled(ratio(average, deviation), yearly),
    sortino: scaled(ratio(average, downsideDeviation(returns)), yearly),
    calmar: ratio(cagr, maxDrawdown),
    maxDrawdown,
    averageDrawdown: mean(falls.map(({ depth }) => depth)),
    longestDrawdownMs:
      falls.length === 0 ? null : falls.reduce((most, { durationMs }) => Math.max(most, durationMs), 0),
    averageDrawdownMs: mean(falls.map(({ durationMs }) => durationMs)),
    // Fewer than 20 returns have no 5 % at either end.
    tailRatio: returns.length < 20 || low === null || high === null ? null : ratio(Math.abs(high), Math.abs(low)),
    equityPeak: highest(equity),
    daysPerYear: perYear,
    days: returns.length,
    years,
  };
}

export interface TradeMetrics {
  readonly trades: number;
  readonly winRate: number | null;
  readonly bestReturn: number | null;
  readonly worstReturn: number | null;
  readonly averageReturn: number | null;
  readonly profitFactor: number | null;
  /** Average profit of a trade, quote currency. */
  readonly expectancy: number | null;
  readonly sqn: number | null;
  /** Share of the capital that would have grown fastest, by wins and losses in money; negative: none. */
  readonly kelly: number | null;
  readonly averageDurationMs: number | null;
  readonly longestDurationMs: number | null;
}

/** One closed trade, as numbers. */
export interface TradeFigures {
  /** After fees, quote currency. */
  readonly pnl: number;
  readonly return: number;
  readonly durationMs: number;
}

export function tradeMetrics(trades: readonly TradeFigures[]): TradeMetrics {
  const profits = trades.map(({ pnl }) => pnl);
  const returns = trades.map((trade) => trade.return);
  const durations = trades.map(({ durationMs }) => durationMs);
  const expectancy = mean(profits);
  const wins = profits.filter((pnl) => pnl > 0);
  const losses = profits.filter((pnl) => pnl < 0);
  const winRate = ratio(wins.length, trades.length);
  const payoff = ratio(mean(wins), Math.abs(mean(losses) ?? 0));
  return {
    trades: trades.length,
    winRate,
    bestReturn: extreme(returns, Math.max),
    worstReturn: extreme(returns, Math.min),
    averageReturn: mean(returns),
    profitFactor: ratio(sum(wins), Math.abs(sum(losses))),
    expectancy,
    sqn: scaled(ratio(expectancy, standardDeviation(profits)), Math.sqrt(trades.length)),
    kelly: winRate === null || payoff === null ? null : winRate - (1 - winRate) / payoff,
    averageDurationMs: mean(durations),
    longestDurationMs: extreme(durations, Math.max),
  };
}

function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : finite(value * factor);
}

function extreme(values: readonly number[], pick: (a: number, b: number) => number): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => pick(a, b));
}

/** Null also where the growth of a few days, kept up for a year, is beyond all numbers. */
function yearlyGrowth(first: number, last: number, years: number): number | null {
  if (years < SHORTEST_YEAR || !(first > 0) || !(last > 0)) return null;
  return finite((last / first) ** (1 / years) - 1);
}

function highest(values: Numbers): number | null {
  if (values.length === 0) return null;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > most) most = values[i] as number;
  return most;
}
