import { expect, it } from 'vitest';
import { Decimal } from '../../src/decimal/decimal.js';
import type { OrderTerms } from '../../src/orders/order.js';
import { OrderLedger } from '../../src/orders/order-ledger.js';

it('sends of an order that is recorded once more under its id only the newer one', () => {
  const orders = new OrderLedger();
  const terms = { clientOrderId: 'stop', symbol: 'BTC_JPY', size: Decimal.of(1), createdTs: 0 } as OrderTerms;
  orders.add(terms, 0);
  const newer = orders.add(terms, 1);
  expect(orders.pending('BTC_JPY')).toEqual([newer]);
  expect(orders.unsettled()).toEqual([newer]);
});
