import { describe, expect, it } from 'vitest';
import { drawdownsOf, performanceMetrics, tradeMetrics } from '../../src/index.js';

const DAY_MS = 86_400_000;
const MONDAY = Date.UTC(2024, 0, 1);
/** Closes at the ends of Monday, Tuesday, … */
const days = (count: number) => Array.from({ length: count }, (_, index) => MONDAY + index * DAY_MS);

describe('performanceMetrics', () => {
  /** Returns: +10 %, −10 %, +20 %, −5 %. */
  const times = days(5);
  const equity = [100, 110, 99, 118.8, 112.86];
  const metrics = performanceMetrics({ times, equity, daysPerYear: 252 });

  it('is by the textbook', () => {
    const mean = (0.1 - 0.1 + 0.2 - 0.05) / 4;
    const squares = [0.1, -0.1, 0.2, -0.05].map((value) => (value - mean) ** 2);
    const deviation = Math.sqrt(squares.reduce((a, b) => a + b) / 3);
    const downside = Math.sqrt((0.1 ** 2 + 0.05 ** 2) / 4);
    const years = 4 / 365.25;
    const cagr = 1.1286 ** (1 / years) - 1;
    expect(metrics.totalReturn).toBeCloseTo(0.1286, 8);
    expect(metrics.volatility).toBeCloseTo(deviation * Math.sqrt(252), 8);
    expect(metrics.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(252), 8);
    expect(metrics.sortino).toBeCloseTo((mean / downside) * Math.sqrt(252), 8);
    expect((metrics.cagr as number) / cagr).toBeCloseTo(1, 8);
    expect(metrics.maxDrawdown).toBeCloseTo(0.1, 8);
    expect((metrics.calmar as number) / (cagr / 0.1)).toBeCloseTo(1, 8);
    expect(metrics.equityPeak).toBe(118.8);
  });

  it('takes the last value of each day, whatever the length of the bars', () => {
    const half = DAY_MS / 2;
    const between = times.slice(1).flatMap((ts) => [ts - half, ts]);
    const values = equity.slice(1).flatMap((value) => [value * 1.5, value]);
    const finer = performanceMetrics({ times: [MONDAY, ...between], equity: [100, ...values], daysPerYear: 252 });
    expect(finer.days).toBe(4);
    expect(finer.volatility).toBe(metrics.volatility);
    expect(finer.sharpe).toBe(metrics.sharpe);
  });

  it('counts 365 days a year when weekends trade, else 252', () => {
    expect(performanceMetrics({ times: days(5), equity: [1, 2, 3, 4, 5] }).daysPerYear).toBe(252);
    expect(performanceMetrics({ times: days(8), equity: [1, 2, 3, 4, 5, 6, 7, 8] }).daysPerYear).toBe(365);
  });

  it('has a tail ratio from 20 returns on: the 95th percentile over the 5th', () => {
    // Returns −10 %, −9 %, … +10 %: the 5th percentile is −9 %, the 95th +9 %, each at a whole place.
    const values = [100];
    for (let percent = -10; percent <= 10; percent++)
      values.push((values.at(-1) as number) * (1 + (percent * 2) / 200));
    expect(performanceMetrics({ times: days(22), equity: values }).tailRatio).toBeCloseTo(1, 8);
    expect(performanceMetrics({ times: days(20), equity: values.slice(0, 20) }).tailRatio).toBeNull();
  });

  it.each([
    ['nothing', [], []],
    ['one value', [100], [MONDAY]],
    ['no change', [100, 100, 100, 100], days(4)],
  ])('says that it is not available of %s', (_what, values, at) => {
    const { volatility, sharpe, sortino, calmar, maxDrawdown } = performanceMetrics({ times: at, equity: values });
    expect({ sharpe, sortino, calmar, maxDrawdown }).toEqual({
      sharpe: null,
      sortino: null,
      calmar: null,
      maxDrawdown: 0,
    });
    expect(volatility).toBe(values.length < 2 ? null : 0);
  });

  it('has no growth of a year when the equity is used up', () => {
    const { cagr, sharpe } = performanceMetrics({ times: days(4), equity: [100, 50, -10, -10] });
    expect(cagr).toBeNull();
    expect(Number.isFinite(sharpe)).toBe(true);
  });
});

const DAYS = [MONDAY, MONDAY + DAY_MS, MONDAY + 2 * DAY_MS, MONDAY + 3 * DAY_MS];

describe('a sample that says little', () => {
  it.each<[what: string, equity: readonly number[]]>([
    ['nothing', []],
    ['one bar', [100]],
    ['two values', [100, 101]],
    ['a constant', [100, 100, 100, 100]],
    ['the same growth every day', [100, 101, 102.01, 103.0301]],
    ['only gains', [100, 110, 115, 130]],
    ['only losses', [100, 90, 50, 20]],
    ['nothing left', [100, 50, 0, 0]],
    ['a debt', [100, 50, -10, -20]],
    ['a debt that grew to a fortune', [100, -10, 50, 1e9]],
    ['no capital', [0, 0, 0, 0]],
    ['a debt from the beginning', [-5, -4, -8, 3]],
    ['a growth beyond all numbers', [1e-9, 1e150, 1e200, 1e300]],
    ['hardly anything', [1e-300, 1.1e-300, 1e-300, 1.2e-300]],
  ])('of %s gives numbers or null, never an infinity', (_what, equity) => {
    const metrics = performanceMetrics({ times: DAYS.slice(0, equity.length), equity });
    for (const [name, value] of Object.entries(metrics)) {
      expect(value === null || Number.isFinite(value), `${name} is ${value}`).toBe(true);
    }
    expect(metrics).toEqual(JSON.parse(JSON.stringify(metrics)));
  });

  it('has no ratio where nothing but rounding tells the returns apart', () => {
    const { sharpe, volatility } = performanceMetrics({ times: DAYS, equity: [100, 101, 102.01, 103.0301] });
    expect({ sharpe, volatility }).toEqual({ sharpe: null, volatility: 0 });
    const same = { pnl: 1_234_567.1, return: 0.1, durationMs: 1 };
    expect(tradeMetrics([same, same, same]).sqn).toBeNull();
  });

  it.each<[what: string, pnls: readonly number[], expected: object]>([
    ['all wins', [1, 2], { winRate: 1, profitFactor: null, kelly: null, expectancy: 1.5 }],
    ['all losses', [-1, -2], { winRate: 0, profitFactor: 0, kelly: null, expectancy: -1.5 }],
    ['neither', [0, 0], { winRate: 0, profitFactor: null, kelly: null, expectancy: 0, sqn: null }],
  ])('of trades: %s', (_what, pnls, expected) => {
    const metrics = tradeMetrics(pnls.map((pnl) => ({ pnl, return: pnl / 100, durationMs: 1 })));
    expect(metrics).toMatchObject(expected);
    for (const value of Object.values(metrics)) expect(value === null || Number.isFinite(value)).toBe(true);
  });
});

describe('drawdownsOf', () => {
  it('lasts from the peak to the recovery, or to the end', () => {
    expect(drawdownsOf([0, 1, 2, 3, 4, 5, 6], [100, 80, 90, 100, 120, 60, 90])).toEqual([
      { peakTs: 0, troughTs: 1, recoveredTs: 3, depth: 0.2, durationMs: 3 },
      { peakTs: 4, troughTs: 5, recoveredTs: null, depth: 0.5, durationMs: 2 },
    ]);
  });
});

describe('tradeMetrics', () => {
  it('is by the textbook', () => {
    const trades = [
      { pnl: 30, return: 0.3, durationMs: 10 },
      { pnl: -10, return: -0.1, durationMs: 20 },
      { pnl: 20, return: 0.2, durationMs: 60 },
      { pnl: 0, return: 0, durationMs: 30 },
    ];
    const deviation = Math.sqrt((20 ** 2 + 20 ** 2 + 10 ** 2 + 10 ** 2) / 3);
    const { sqn, ...exact } = tradeMetrics(trades);
    expect(exact).toEqual({
      trades: 4,
      winRate: 0.5,
      bestReturn: 0.3,
      worstReturn: -0.1,
      averageReturn: expect.closeTo(0.1, 12),
      profitFactor: 5,
      expectancy: 10,
      // Half of them win, 25 on average against 10.
      kelly: expect.closeTo(0.5 - 0.5 / 2.5, 12),
      averageDurationMs: 30,
      longestDurationMs: 60,
    });
    expect(sqn).toBeCloseTo((10 / deviation) * 2, 8);
  });

  it('says that it is not available without trades, without a loss, and of one trade', () => {
    expect(Object.values(tradeMetrics([]))).toEqual([0, ...Array(10).fill(null)]);
    const { profitFactor, sqn } = tradeMetrics([{ pnl: 1, return: 0.1, durationMs: 1 }]);
    expect({ profitFactor, sqn }).toEqual({ profitFactor: null, sqn: null });
  });
});
