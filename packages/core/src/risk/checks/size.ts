import { sizeProblem } from '../../instrument/instrument.js';
import type { Check } from '../check.js';

/** A leverage close names its lot, and a lot may be smaller than the smallest order. */
export const size: Check = {
  code: 'size',
  applies: 'always',
  review(intent, view) {
    const { instrument } = view;
    const inputs = {
      sizes: intent.orders.map((order) => order.size),
      step: instrument?.sizeStep ?? null,
      minimum: instrument?.minSize ?? null,
      maximum: instrument?.maxSize ?? null,
    };
    if (instrument === null) return { inputs };
    for (const order of intent.orders) {
      const problem = sizeProblem(instrument, order.size);
      if (problem === null || (problem === 'below_minimum' && order.positionId !== undefined)) continue;
      const rule = `${instrument.minSize} to ${instrument.maxSize} ${instrument.base} in steps of ${instrument.sizeStep}`;
      return {
        inputs,
        denied: `An order of ${order.size} is ${problem.replace('_', ' ')}: ${intent.symbol} takes ${rule}.`,
      };
    }
    return { inputs };
  },
};
