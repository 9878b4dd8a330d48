import type { Check } from '../check.js';

export const openOrders: Check = {
  code: 'open_orders',
  applies: 'openings',
  review(intent, view) {
    const after = view.working.length + intent.orders.length;
    const { maxOpenOrders } = view.limits;
    const inputs = { unfinished: view.working.length, after, maxOpenOrders };
    if (after <= maxOpenOrders) return { inputs };
    const sentence = `${intent.symbol} would have ${after} unfinished orders; MAX_OPEN_ORDERS is ${maxOpenOrders}.`;
    return { inputs, denied: sentence };
  },
};
