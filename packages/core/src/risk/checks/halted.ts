import type { Check } from '../check.js';

export const halted: Check = {
  code: 'halted',
  applies: 'openings',
  review(intent, view) {
    const inputs = { halt: view.halt };
    if (view.halt === null) return { inputs };
    return { inputs, denied: `Openings on ${intent.symbol} are halted: ${view.halt}` };
  },
};
