import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { priceCollar } from '../../../src/risk/checks/price-collar.js';
import { denies, entryOf, intentOf, PRICE, viewOf } from '../bench.js';

it('denies a signal that speaks of another market', () => {
  expect(denies(priceCollar, intentOf({ priceRef: PRICE * 1.05 }), viewOf())).toBeUndefined();
  expect(denies(priceCollar, intentOf({ priceRef: PRICE * 1.06 }), viewOf())).toContain('MAX_PRICE_DEVIATION_PCT');
  expect(denies(priceCollar, intentOf({ priceRef: PRICE * 0.94 }), viewOf())).toContain('market of 6000000');
  expect(denies(priceCollar, intentOf({ priceRef: Number.NaN }), viewOf())).toContain('NaN');
  expect(denies(priceCollar, intentOf({ priceRef: null }), viewOf())).toBeUndefined();
});

it('denies a limit and a stop that reach far through the market, and lets them wait at any distance', () => {
  const limit = (side: 'buy' | 'sell', share: number) =>
    denies(priceCollar, entryOf({ type: 'limit', side, price: Decimal.of(PRICE * share) }), viewOf());
  expect(limit('buy', 1.05)).toBeUndefined();
  expect(limit('buy', 1.06)).toContain('reaches too far');
  expect(limit('buy', 0.5)).toBeUndefined();
  expect(limit('sell', 0.94)).toContain('reaches too far');
  expect(limit('sell', 2)).toBeUndefined();
  const stop = (side: 'buy' | 'sell', share: number) =>
    denies(priceCollar, entryOf({ type: 'stop', side, triggerPrice: Decimal.of(PRICE * share) }), viewOf());
  expect(stop('buy', 1.5)).toBeUndefined();
  expect(stop('buy', 0.9)).toContain('reaches too far');
  expect(stop('sell', 1.1)).toContain('reaches too far');
});
