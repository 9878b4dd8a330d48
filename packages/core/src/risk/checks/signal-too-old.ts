import type { Check } from '../check.js';

export const signalTooOld: Check = {
  code: 'signal_too_old',
  applies: 'openings',
  review(intent, view) {
    const ageMs = view.now - intent.signalTs;
    const inputs = { ageMs, maxSignalAgeMs: view.maxSignalAgeMs };
    if (ageMs <= view.maxSignalAgeMs) return { inputs };
    return { inputs, denied: `The signal is ${ageMs} ms old; entries may be ${view.maxSignalAgeMs} ms old.` };
  },
};
