import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { ordersOf, sellable } from '../../../src/execution/sizing/order-sizes.js';
import { BTC, BTC_JPY, d } from '../bench.js';

it('sells whole steps and takes dust for flat', () => {
  expect(sellable(BTC, d('0.0123456')).toString()).toBe('0.01234');
  expect(sellable(BTC, d('0.000009')).toString()).toBe('0');
});

it.each([
  ['5', ['5']],
  ['12', ['5', '5', '2']],
  ['5.0005', ['2.5', '2.5005']],
])('cuts %s into orders that the exchange takes', (size, parts) => {
  const sizes = ordersOf({ ...BTC_JPY, sizeStep: d('0.0005') }, d(size));
  expect(sizes.map(String)).toEqual(parts);
  expect(Decimal.sum(sizes).toString()).toBe(size);
});
