import { Decimal } from '../../decimal/decimal.js';
import type { OrderTerms } from '../../orders/order.js';
import type { Check, Prices, WorkingOrder } from '../check.js';

/** Trading with ourselves pays two fees for nothing, and the exchange ends one of the two in its own way. */
export const ownOrdersCross: Check = {
  code: 'own_orders_cross',
  applies: 'openings',
  review(intent, view, opening) {
    const inputs = { working: view.working.length };
    if (view.working.length === 0) return { inputs };
    for (const order of opening.orders) {
      const met = view.working.find((other) => meets(order, other, view.prices));
      if (met === undefined) continue;
      const words = `A ${order.side} on ${intent.symbol} would trade with our own ${met.side} at ${met.price}`;
      return { inputs, denied: `${words}. Wait until that is filled, or cancel it.` };
    }
    return { inputs };
  },
};

function meets(order: OrderTerms, other: WorkingOrder, prices: Prices | null): boolean {
  if (other.type !== 'limit' || other.price === null || other.side === order.side || order.type === 'stop')
    return false;
  if (order.side === 'buy') {
    const pays = order.price ?? prices?.ask ?? Decimal.zero;
    return other.price.lte(pays);
  }
  const takes = order.price ?? prices?.bid ?? other.price;
  return other.price.gte(takes);
}
