import { draws } from '@alpha-engine/core/simulation';
import { describe, expect, it } from 'vitest';
import { performanceMetrics, tradeMetrics } from '../../src/index.js';
import type { Play } from '../support/play.js';
import { randomRun } from '../support/random-run.js';

const DAY_MS = 86_400_000;
const SEEDS = [1, 2];

/** The formulas of docs/backtest.md, "Figures", once more and as they stand there. */
const mean = (values: readonly number[]) => sum(values) / values.length;
const s = (values: readonly number[]) =>
  Math.sqrt(sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const percentile = (values: readonly number[], share: number) => {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (place - Math.floor(place)) * (high - low);
};

/** The last equities of UTC days, the capital in front. A bar that closes at midnight is of the day before. */
function dailyOf(times: readonly number[], equity: readonly number[]): number[] {
  const days = new Map<number, number>();
  for (let i = 1; i < times.length; i++) days.set(Math.floor((times[i]! - 1) / DAY_MS), equity[i]!);
  return [equity[0]!, ...days.values()];
}

function figuresOf(times: readonly number[], equity: readonly number[], A: number) {
  const daily = dailyOf(times, equity);
  const r = daily.slice(1).map((value, index) => value / daily[index]! - 1);
  const [first, last] = [equity[0]!, equity.at(-1)!];
  const years = (times.at(-1)! - times[0]!) / (365.25 * DAY_MS);
  const cagr = (last / first) ** (1 / years) - 1;
  const falls = drawdowns(times, equity);
  const maxDrawdown = Math.max(...falls.map(({ depth }) => depth));
  return {
    totalReturn: last / first - 1,
    cagr,
    volatility: s(r) * Math.sqrt(A),
    sharpe: (mean(r) / s(r)) * Math.sqrt(A),
    sortino: (mean(r) / Math.sqrt(sum(r.map((value) => Math.min(value, 0) ** 2)) / r.length)) * Math.sqrt(A),
    calmar: cagr / maxDrawdown,
    maxDrawdown,
    averageDrawdown: mean(falls.map(({ depth }) => depth)),
    longestDrawdownMs: Math.max(...falls.map(({ lasts }) => lasts)),
    averageDrawdownMs: mean(falls.map(({ lasts }) => lasts)),
    tailRatio: Math.abs(percentile(r, 0.95)) / Math.abs(percentile(r, 0.05)),
    equityPeak: Math.max(...equity),
    years,
  };
}

/** A fall begins at the first value below the highest so far, and ends at the first that is not. */
function drawdowns(times: readonly number[], equity: readonly number[]) {
  const found: { depth: number; lasts: number }[] = [];
  for (let i = 1; i < equity.length; i++) {
    const peak = Math.max(...equity.slice(0, i));
    if (equity[i]! >= peak || (i > 1 && equity[i - 1]! < Math.max(...equity.slice(0, i - 1)))) continue;
    let end = i;
    while (end < equity.length - 1 && equity[end]! < peak) end += 1;
    const depth = Math.max(...equity.slice(i, end + 1).map((value) => (peak - value) / peak));
    found.push({ depth, lasts: times[end]! - times[equity.slice(0, i).lastIndexOf(peak)]! });
  }
  return found;
}

function tradeFigures(
  trades: readonly { readonly pnl: number; readonly return: number; readonly durationMs: number }[],
) {
  const pnl = trades.map((trade) => trade.pnl);
  const wins = pnl.filter((value) => value > 0);
  const losses = pnl.filter((value) => value < 0);
  const W = wins.length / pnl.length;
  return {
    winRate: W,
    bestReturn: Math.max(...trades.map((trade) => trade.return)),
    worstReturn: Math.min(...trades.map((trade) => trade.return)),
    averageReturn: mean(trades.map((trade) => trade.return)),
    profitFactor: sum(wins) / -sum(losses),
    expectancy: mean(pnl),
    sqn: (mean(pnl) / s(pnl)) * Math.sqrt(pnl.length),
    kelly: W - (1 - W) / (mean(wins) / -mean(losses)),
    averageDurationMs: mean(trades.map(({ durationMs }) => durationMs)),
    longestDurationMs: Math.max(...trades.map(({ durationMs }) => durationMs)),
  };
}

/** Relative to the value where that is above 1. */
function expectNear(actual: object, expected: Readonly<Record<string, number>>, hint: string): void {
  for (const [name, value] of Object.entries(expected)) {
    const got = (actual as Record<string, number>)[name];
    const off = Math.abs((got ?? Number.NaN) - value) / Math.max(1, Math.abs(value));
    expect(off, `${hint}: ${name} is ${got}, by the docs ${value}`).toBeLessThan(1e-8);
  }
}

describe.each(SEEDS)('by the formulas of the docs, within 1e-8, seed %i', (seed) => {
  it('of a random series of hours with holes in it', () => {
    const random = draws(seed);
    const times = [Date.UTC(2024, 0, 1, 7)];
    const equity = [10_000];
    for (let i = 0; i < 1_500; i++) {
      times.push(times.at(-1)! + 3_600_000 * (random() < 0.02 ? 1 + Math.floor(random() * 60) : 1));
      equity.push(equity.at(-1)! * (1 + (random() - 0.49) * 0.02));
    }
    expectNear(performanceMetrics({ times, equity }), figuresOf(times, equity, 365), `seed ${seed}`);
  });

  it('of a run of random decisions', () => {
    const { closes, result, run } = randomRun(draws(seed), 60);
    const [times, equity] = [[...run.curve.times], [...run.curve.values]];
    const hint = `seed ${seed}`;
    expectNear(result.metrics, figuresOf(times, equity, 365), hint);
    const trades = result.trades.map(({ pnl, openedTs, closedTs, ...trade }) => ({
      pnl: pnl.toNumber(),
      return: trade.return,
      durationMs: closedTs! - openedTs,
    }));
    expect(trades.length, hint).toBeGreaterThan(5);
    expectNear(result.metrics, tradeFigures(trades), hint);
    expectNear(tradeMetrics(trades), tradeFigures(trades), hint);
    expectNear(result.metrics, wholeRun(result, times, equity, closes), hint);
  });
});

/** What fills and positions say: nothing is taken from the figures. */
function wholeRun(
  result: Play['result'],
  times: readonly number[],
  equity: readonly number[],
  closes: readonly number[],
) {
  const all = [...result.trades, ...result.openTrades];
  const held = times.slice(1).filter((ts) => all.some((trade) => trade.openedTs < ts && (trade.closedTs ?? ts) >= ts));
  const traded = result.orders.map((order) =>
    'averagePrice' in order && order.averagePrice !== null ? order.filledSize.times(order.averagePrice).toNumber() : 0,
  );
  return {
    initialEquity: 10_000,
    finalEquity: 10_000 + sum(all.map(({ pnl }) => pnl.toNumber())),
    buyAndHoldReturn: closes.at(-1)! / closes[0]! - 1,
    exposure: held.length / closes.length,
    turnover: sum(traded) / mean(equity) / ((times.at(-1)! - times[0]!) / (365.25 * DAY_MS)),
    feesPaid: sum(all.map(({ fees }) => fees.toNumber())),
  };
}
