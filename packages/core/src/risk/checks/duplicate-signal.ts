import type { Check } from '../check.js';

export const duplicateSignal: Check = {
  code: 'duplicate_signal',
  applies: 'always',
  review(intent, view) {
    const inputs = { signalId: intent.signalId, seen: view.duplicate };
    return view.duplicate ? { inputs, denied: `Signal ${intent.signalId} was decided before.` } : { inputs };
  },
};
