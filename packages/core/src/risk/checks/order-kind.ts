import type { Check } from '../check.js';

export const orderKind: Check = {
  code: 'order_kind',
  applies: 'always',
  review(intent, view) {
    const { orderKinds } = view;
    const asked = intent.orders.map(({ type, timeInForce, effect }) => `${type} ${timeInForce} ${effect}`);
    const inputs = { asked, known: orderKinds !== null };
    if (orderKinds === null) return { inputs };
    for (const { type, timeInForce, effect } of intent.orders) {
      const takes = orderKinds.some(
        (kind) => kind.type === type && kind.timeInForce === timeInForce && kind.effect === effect,
      );
      if (takes) continue;
      const order = `${type} order that ${effect}s with time in force ${timeInForce}`;
      return { inputs, denied: `The exchange takes no ${order} on ${intent.symbol}.` };
    }
    return { inputs };
  },
};
