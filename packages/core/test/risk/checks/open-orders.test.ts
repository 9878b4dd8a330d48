import { expect, it } from 'vitest';
import { openOrders } from '../../../src/risk/checks/open-orders.js';
import { denies, intentOf, limitsOf, viewOf } from '../bench.js';

const limits = limitsOf({ maxOpenOrders: 2 });
const one = { side: 'sell', type: 'stop', price: null } as const;

it('counts those there are and those that would be added', () => {
  expect(denies(openOrders, intentOf(), viewOf({ limits, working: [one] }))).toBeUndefined();
  expect(denies(openOrders, intentOf(), viewOf({ limits, working: [one, one] }))).toBe(
    'BTC_JPY would have 3 unfinished orders; MAX_OPEN_ORDERS is 2.',
  );
});
