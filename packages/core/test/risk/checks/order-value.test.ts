import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { orderValue } from '../../../src/risk/checks/order-value.js';
import { closing, denies, entryOf, intentOf, limitsOf, termsOf, viewOf } from '../bench.js';

const most = (value: string) => viewOf({ limits: limitsOf({ maxOrderValue: Decimal.of(value) }) });

it('values a market order at the quote it meets and a limit at its own price', () => {
  expect(denies(orderValue, intentOf(), most('60000'))).toBeUndefined();
  expect(denies(orderValue, intentOf(), most('59999.99'))).toBe(
    'The opening on BTC_JPY is worth 60000 JPY; MAX_ORDER_VALUE is 59999.99.',
  );
  expect(denies(orderValue, entryOf({ type: 'limit', price: Decimal.of('5000000') }), most('50000'))).toBeUndefined();
});

it('sums up what is opened, and leaves out what is closed', () => {
  const two = intentOf({ orders: [closing, termsOf(), termsOf()] });
  expect(denies(orderValue, two, most('119999'))).toContain('120000');
  expect(denies(orderValue, two, most('120000'))).toBeUndefined();
});
