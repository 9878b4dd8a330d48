import type { Check } from '../check.js';

export const maintenance: Check = {
  code: 'maintenance',
  applies: 'openings',
  review(_intent, view) {
    const inputs = { closed: view.closed };
    if (view.closed === null) return { inputs };
    return {
      inputs,
      denied: `The exchange does not trade at present: ${view.closed}. It is tried again with the next signal.`,
    };
  },
};
