import type { Check } from '../check.js';

/** An entry whose size could not be worked out carries the reason. */
export const sizing: Check = {
  code: 'sizing',
  applies: 'openings',
  review({ unsized }) {
    const inputs = { unsized: unsized ?? null };
    return unsized === undefined ? { inputs } : { inputs, denied: unsized };
  },
};
