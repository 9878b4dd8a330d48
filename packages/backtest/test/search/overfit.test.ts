import { Decimal } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import type { BacktestResult, Trade } from '../../src/index.js';
import { EquityCurve } from '../../src/run/equity-curve.js';
import { bootstrapTrades, deflatedSharpe, randomEntriesTest, SharedBars } from '../../src/search/index.js';
import { normalCumulative, normalQuantile } from '../../src/search/normal.js';
import { Random } from '../../src/search/random.js';
import { barsOf, DAY_MS, START_TS } from '../support/play.js';

const profits = (...values: readonly number[]) => values.map((value) => ({ pnl: Decimal.of(value) }));

describe('the bootstrap over trades', () => {
  it('is exact where all trades are alike, and not available of a few', () => {
    const alike = bootstrapTrades(profits(...Array<number>(10).fill(0)), 1_000, { seed: 1 });
    expect(alike).toMatchObject({ totalReturn: { low: 0, high: 0 }, maxDrawdown: { median: 0 } });
    expect(bootstrapTrades(profits(1, 2, 3), 1_000, { seed: 1 })).toBeNull();
  });

  it('has the mean of the trades within 1.96 standard errors on each side', () => {
    const random = new Random(5);
    const values = Array.from({ length: 400 }, () => Math.round((random.next() - 0.4) * 1_000) / 10);
    const mean = values.reduce((a, b) => a + b) / 400;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399 / 400);
    const found = bootstrapTrades(profits(...values), 1_000_000, { seed: 2 });
    expect(found?.expectancy.median).toBeCloseTo(mean, 0);
    expect(Math.abs((found?.expectancy.low ?? 0) - (mean - 1.96 * error))).toBeLessThan(0.2 * error);
    expect(Math.abs((found?.expectancy.high ?? 0) - (mean + 1.96 * error))).toBeLessThan(0.2 * error);
    expect(bootstrapTrades(profits(...values), 1_000_000, { seed: 2 })).toEqual(found);
    expect(bootstrapTrades(profits(...values), 1_000_000, { seed: 3 })).not.toEqual(found);
  });
});

describe('the test against random entries', () => {
  /** A walk by chance. */
  const random = new Random(11);
  let price = 1_000;
  const rows = Array.from({ length: 600 }, () => {
    const open = price;
    price *= 1 + (random.next() - 0.5) / 50;
    return [open, Math.max(open, price), Math.min(open, price), price] as const;
  });
  const source = { bars: () => [barsOf(rows)], provenance: () => [] };

  /** Long from the open of each of these bars, for so many bars. */
  const trades = (starts: readonly number[], bars: number): Trade[] =>
    starts.map((start) => {
      const [entry, exit] = [rows[start]![0], rows[start + bars]![0]];
      return {
        strategy: 'test',
        symbol: 'ABC',
        side: 'long',
        openedTs: START_TS + start * DAY_MS,
        closedTs: START_TS + (start + bars) * DAY_MS,
        size: Decimal.of(1),
        entryPrice: Decimal.of(entry),
        exitPrice: Decimal.of(exit),
        pnl: Decimal.of(exit).minus(entry),
        fees: Decimal.zero,
        return: exit / entry - 1,
      };
    });

  it('finds foresight, and finds none in entries by chance', async () => {
    const bars = await SharedBars.read(source);
    const best = Array.from({ length: 590 }, (_, start) => start)
      .sort((a, b) => rows[b + 5]![0] / rows[b]![0] - rows[a + 5]![0] / rows[a]![0])
      .slice(0, 20);
    expect(randomEntriesTest(bars, trades(best, 5), 0, { seed: 1 })?.pValue).toBeCloseTo(1 / 1_001, 12);
    const draws = new Random(3);
    const pValues = Array.from({ length: 40 }, (_, seed) => {
      const starts = Array.from({ length: 20 }, () => draws.below(594));
      return randomEntriesTest(bars, trades(starts, 5), 0, { samples: 100, seed })?.pValue as number;
    });
    // Evenly spread where nothing is to be found: about two of forty below 0.05, about half below 0.5.
    expect(pValues.filter((value) => value < 0.05).length).toBeLessThan(7);
    expect(pValues.filter((value) => value < 0.5).length).toBeGreaterThan(10);
    expect(pValues.filter((value) => value < 0.5).length).toBeLessThan(30);
  });

  it('charges chance the same costs, and is not available of a few trades', async () => {
    const bars = await SharedBars.read(source);
    const held = trades(
      Array.from({ length: 20 }, (_, index) => index * 20),
      5,
    );
    const free = randomEntriesTest(bars, held, 0, { seed: 1 });
    const dear = randomEntriesTest(bars, held, 0.01, { seed: 1 });
    expect((free?.byChance.median ?? 0) - (dear?.byChance.median ?? 0)).toBeCloseTo(0.01, 12);
    expect(randomEntriesTest(bars, held.slice(0, 9), 0, { seed: 1 })).toBeNull();
  });
});

describe('the deflated Sharpe ratio', () => {
  it('knows the normal distribution', () => {
    for (const [z, share] of [
      [0, 0.5],
      [1.959964, 0.975],
      [-1.281552, 0.1],
    ] as const) {
      expect(normalCumulative(z)).toBeCloseTo(share, 6);
      expect(normalQuantile(share)).toBeCloseTo(z, 4);
    }
  });

  it('is that of the paper: 0.9004 for a ratio of 2.5 over 1250 days, best of 100 with a variance of one half', () => {
    // Skew −3, kurtosis 10, 250 days a year: two returns of the right moments, and the series is built from them.
    const { curve, metrics } = seriesWith({ sharpe: 2.5, days: 1_250, skew: -3, kurtosis: 10 });
    const spread = Math.sqrt(0.5);
    // Of a hundred values half a step to each side the deviation (n − 1) is spread.
    const sharpes = Array.from(
      { length: 100 },
      (_, index) => (index % 2 === 0 ? 1 : -1) * spread * Math.sqrt(99 / 100),
    );
    const found = deflatedSharpe({ curve, metrics } as unknown as BacktestResult, sharpes);
    expect((found?.byChance ?? 0) / Math.sqrt(250)).toBeCloseTo(0.1132, 4);
    expect(found?.probability).toBeCloseTo(0.9004, 3);
  });

  it('is not available of one trial', () => {
    const series = seriesWith({ sharpe: 1, days: 100, skew: -1, kurtosis: 2 });
    expect(deflatedSharpe(series as unknown as BacktestResult, [1])).toBeNull();
  });
});

/** Daily equity whose returns take two values with exactly these moments: kurtosis is then skew² + 1. */
function seriesWith({
  days,
  kurtosis,
  sharpe,
  skew,
}: {
  days: number;
  kurtosis: number;
  sharpe: number;
  skew: number;
}) {
  expect(kurtosis).toBe(skew * skew + 1);
  // A share p of days with the low value: skew = (2p − 1) / √(p(1 − p)) for the low one below the mean.
  const high = 0.5 * (1 + Math.abs(skew) / Math.sqrt(4 + skew * skew));
  const lows = Math.round(days * (1 - high));
  const deviation = 0.001;
  const mean = (sharpe / Math.sqrt(250)) * deviation;
  const share = lows / days;
  const [up, down] = [Math.sqrt(share / (1 - share)), -Math.sqrt((1 - share) / share)];
  const curve = new EquityCurve();
  let equity = 1_000;
  curve.add(START_TS, equity);
  for (let day = 1; day <= days; day++) {
    const low = Math.floor((day * lows) / days) > Math.floor(((day - 1) * lows) / days);
    equity *= 1 + mean + deviation * (low ? down : up);
    curve.add(START_TS + day * DAY_MS, equity);
  }
  return { curve, metrics: { sharpe, daysPerYear: 250 } };
}
