import type { Check } from '../check.js';

/** Market orders have no price; what they cost is the collar's business. */
export const price: Check = {
  code: 'price',
  applies: 'always',
  review(intent, view) {
    const prices = intent.orders.flatMap((order) => order.price ?? order.triggerPrice ?? []);
    const inputs = { prices, tickSize: view.instrument?.tickSize ?? null };
    const tick = view.instrument?.tickSize;
    if (tick === undefined) return { inputs };
    const wrong = prices.find((one) => !one.isPositive() || !one.isMultipleOf(tick));
    if (wrong === undefined) return { inputs };
    return {
      inputs,
      denied: `A price of ${wrong} is not possible: ${intent.symbol} takes multiples of ${tick} above 0.`,
    };
  },
};
