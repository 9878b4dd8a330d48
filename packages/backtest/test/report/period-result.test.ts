import { Decimal, type FillRecord } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { EquityCurve, performanceMetrics, periodResult } from '../../src/index.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const START_TS = Date.UTC(2024, 0, 1);
const DAYS = 70;

/** One position of an hour a week, booked as an executor does: at its beginning and at its end, and nothing between. */
function weekly() {
  const booked = new EquityCurve();
  const daily = new EquityCurve();
  booked.add(START_TS, 1_000_000);
  daily.add(START_TS, 1_000_000);
  let equity = 1_000_000;
  for (let day = 0; day < DAYS; day++) {
    if (day % 7 === 2) {
      const ts = START_TS + day * DAY_MS + HOUR_MS;
      booked.add(ts, equity - 500);
      equity += day % 3 === 2 ? -5_000 : 5_000;
      booked.add(ts + HOUR_MS, equity);
    }
    daily.add(START_TS + (day + 1) * DAY_MS, equity);
  }
  return { booked, daily };
}

const period = { from: START_TS, to: START_TS + DAYS * DAY_MS, fills: [] };
const closes = Array.from({ length: DAYS }, (_, day) => ({ ts: START_TS + (day + 1) * DAY_MS, price: 100 }));

test('days without a position are days without a change', () => {
  const { booked, daily } = weekly();
  const { metrics } = periodResult({ ...period, equity: booked, closes: new Map([['BTC', closes]]) });
  const { cagr, days, sharpe, totalReturn, volatility, years } = performanceMetrics({
    times: daily.times,
    equity: daily.values,
  });
  expect(days).toBe(DAYS);
  expect(metrics).toMatchObject({ initialEquity: 1_000_000, days, years, cagr, sharpe, totalReturn, volatility });
  // Without the falls between its bars a back-test would see none of these.
  expect(metrics.maxDrawdown).toBeGreaterThan(0.0004);
});

test('so are those for which there is no bar', () => {
  const { booked, daily } = weekly();
  const { curve, metrics } = periodResult({ ...period, equity: booked, closes: new Map([['BTC', closes.slice(-1)]]) });
  expect(metrics.days).toBe(DAYS);
  expect(metrics.sharpe).toBe(performanceMetrics({ times: daily.times, equity: daily.values }).sharpe);
  expect(curve.times.at(-1)).toBe(period.to);
});

test('fees are those of the books, of one strategy those of its fills', () => {
  const d = Decimal.of;
  const of = { executionId: '1', exchangeOrderId: '1', symbol: 'BTC', side: 'buy', effect: 'open' } as const;
  const fill = { ...of, price: d(100), size: d(1), fee: d(3), ts: START_TS + 1 };
  const fills: readonly FillRecord[] = [{ fill, clientOrderId: null, strategy: 'a' }];
  const given = { ...period, fills, equity: weekly().booked, closes: new Map([['BTC', closes]]) };
  expect(periodResult({ ...given, fees: 7 }).metrics.feesPaid).toBe(7);
  expect(periodResult({ ...given, fees: 7, strategy: 'a' }).metrics.feesPaid).toBe(3);
  expect(periodResult(given).metrics.feesPaid).toBe(3);
});
