import { Decimal } from '../decimal/decimal.js';
import type { OrderTerms } from '../orders/order.js';
import type { Intent, Opening, Prices } from './check.js';

/** Sums up what an intent would open, and what it closes before. */
export function openingOf(intent: Intent, prices: Prices | null): Opening {
  const orders: OrderTerms[] = [];
  let size = Decimal.zero;
  let value = Decimal.zero;
  let closedSize = Decimal.zero;
  for (const order of intent.orders) {
    if (order.effect === 'close') {
      closedSize = closedSize.plus(order.size);
      continue;
    }
    orders.push(order);
    const worth = worthOf(order, prices);
    // Nearly always there is one: adding zero costs as much as adding.
    size = orders.length === 1 ? order.size : size.plus(order.size);
    value = orders.length === 1 ? worth : value.plus(worth);
  }
  const closedValue = prices === null || closedSize.isZero() ? Decimal.zero : closedSize.times(prices.mid);
  return { orders, size, value, closedSize, closedValue };
}

/** At its own price, or at the quote that it would take. */
function worthOf(order: OrderTerms, prices: Prices | null): Decimal {
  const price = order.price ?? order.triggerPrice ?? (order.side === 'buy' ? prices?.ask : prices?.bid);
  return price === undefined ? Decimal.zero : order.size.times(price);
}
