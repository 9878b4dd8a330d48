import { expect, it } from 'vitest';
import { PriceSketch } from '../../src/report/price-sketch.js';

const MINUTE = 60_000;
const bar = (minute: number, open: number, high: number, low: number, close: number, symbol = 'A') => ({
  openTs: minute * MINUTE,
  ...{ open, high, low, close, symbol },
});

it('keeps bars as they are while they are few', () => {
  const sketch = new PriceSketch();
  sketch.take(bar(0, 1, 3, 1, 2));
  sketch.take(bar(1, 2, 5, 2, 4));
  expect(sketch.prices()).toMatchObject([
    {
      symbol: 'A',
      firstClose: 2,
      candles: [
        { ts: 0, close: 2 },
        { ts: MINUTE, open: 2, high: 5, low: 2, close: 4 },
      ],
    },
  ]);
});

it('puts neighbours together where they are many, opens, extremes and closes exact', () => {
  const sketch = new PriceSketch({ most: 100 });
  const prices = Array.from({ length: 100_000 }, (_, minute) => 1000 + ((minute * 7919) % 1009));
  prices.forEach((price, minute) => {
    sketch.take(bar(minute, price, price + 1, price - 1, price));
  });
  const [{ candles, stepMs } = { candles: [], stepMs: 0 }] = sketch.prices();
  expect(candles.length).toBeGreaterThan(10);
  expect(candles.length).toBeLessThanOrEqual(100);
  for (const { close, high, low, open, ts } of candles) {
    const within = prices.slice(ts / MINUTE, (ts + stepMs) / MINUTE);
    expect([open, high, low, close]).toEqual([
      within[0],
      Math.max(...within) + 1,
      Math.min(...within) - 1,
      within.at(-1),
    ]);
  }
});

it('leaves out what lies outside of the period, and keeps symbols apart', () => {
  const sketch = new PriceSketch({ from: MINUTE, to: 3 * MINUTE });
  for (const minute of [0, 1, 2, 3]) {
    sketch.take(bar(minute, 1, 1, 1, minute));
    sketch.take(bar(minute, 1, 1, 1, minute, 'B'));
  }
  expect(sketch.prices().map(({ candles, symbol }) => [symbol, candles.map(({ close }) => close)])).toEqual([
    ['A', [1, 2]],
    ['B', [1, 2]],
  ]);
});
