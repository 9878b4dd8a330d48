import type { Check } from '../check.js';

export const staleData: Check = {
  code: 'stale_data',
  applies: 'openings',
  review(intent, view) {
    const ageMs = view.quote === null ? null : view.now - view.quote.ts;
    const inputs = { ageMs, maxDataAgeMs: view.maxDataAgeMs, feedProblem: view.feedProblem };
    if (view.feedProblem !== null) {
      return { inputs, denied: `The feed of ${intent.symbol} is not to be relied on: ${view.feedProblem}.` };
    }
    if (ageMs === null) return { inputs, denied: `No quote of ${intent.symbol} has been seen yet.` };
    if (ageMs <= view.maxDataAgeMs) return { inputs };
    return {
      inputs,
      denied: `The last quote of ${intent.symbol} is ${ageMs} ms old; ${view.maxDataAgeMs} ms are allowed.`,
    };
  },
};
