import { expect, it } from 'vitest';
import { orderRate } from '../../../src/risk/checks/order-rate.js';
import { denies, intentOf, limitsOf, viewOf } from '../bench.js';

it('denies the first opening beyond the limit', () => {
  const limits = limitsOf({ maxOrdersPerMinute: 3 });
  expect(denies(orderRate, intentOf(), viewOf({ limits, openingsOfMinute: 2 }))).toBeUndefined();
  expect(denies(orderRate, intentOf(), viewOf({ limits, openingsOfMinute: 3 }))).toContain(
    'MAX_ORDERS_PER_MINUTE is 3.',
  );
});
