import { Decimal, type WorkingOrder } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { ownOrdersCross } from '../../../src/risk/checks/own-orders-cross.js';
import { denies, entryOf, intentOf, PRICE, viewOf } from '../bench.js';

const working = (side: 'buy' | 'sell', price: number, type: WorkingOrder['type'] = 'limit') =>
  viewOf({ working: [{ side, type, price: type === 'limit' ? Decimal.of(price) : null }] });
const limit = (side: 'buy' | 'sell', price: number) => entryOf({ type: 'limit', side, price: Decimal.of(price) });

it('denies what would meet an order of our own', () => {
  expect(denies(ownOrdersCross, intentOf(), working('sell', PRICE))).toContain('our own sell at 6000000');
  expect(denies(ownOrdersCross, limit('buy', PRICE - 1), working('sell', PRICE - 1))).toContain('our own');
  expect(denies(ownOrdersCross, limit('sell', PRICE), working('buy', PRICE))).toContain('our own buy');
});

it('lets pass what would not', () => {
  expect(denies(ownOrdersCross, intentOf(), working('sell', PRICE + 1))).toBeUndefined();
  expect(denies(ownOrdersCross, intentOf(), working('buy', PRICE))).toBeUndefined();
  expect(denies(ownOrdersCross, limit('buy', PRICE - 1), working('sell', PRICE))).toBeUndefined();
  expect(denies(ownOrdersCross, intentOf(), working('sell', PRICE, 'stop'))).toBeUndefined();
});
