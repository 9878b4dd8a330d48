import type { Check } from '../check.js';

export const orderValue: Check = {
  code: 'order_value',
  applies: 'openings',
  review(intent, view, opening) {
    const { maxOrderValue } = view.limits;
    // Nearly always there is one. Of several the sum is judged: cutting an order up is no way around the limit.
    const inputs = { value: opening.value, maxOrderValue };
    if (opening.value.lte(maxOrderValue)) return { inputs };
    const worth = `${opening.value.round(2)} ${view.instrument?.quote ?? ''}`.trim();
    return {
      inputs,
      denied: `The opening on ${intent.symbol} is worth ${worth}; MAX_ORDER_VALUE is ${maxOrderValue}.`,
    };
  },
};
