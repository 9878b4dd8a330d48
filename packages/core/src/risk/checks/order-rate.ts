import type { Check } from '../check.js';

export const orderRate: Check = {
  code: 'order_rate',
  applies: 'openings',
  review(_intent, view) {
    const { maxOrdersPerMinute } = view.limits;
    const inputs = { openingsOfMinute: view.openingsOfMinute, maxOrdersPerMinute };
    if (view.openingsOfMinute < maxOrdersPerMinute) return { inputs };
    const sentence = `${view.openingsOfMinute} openings were approved within a minute`;
    return { inputs, denied: `${sentence}; MAX_ORDERS_PER_MINUTE is ${maxOrdersPerMinute}.` };
  },
};
