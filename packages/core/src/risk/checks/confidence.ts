import type { Check } from '../check.js';

export const confidence: Check = {
  code: 'confidence',
  applies: 'openings',
  review(intent, view) {
    const inputs = { confidence: intent.confidence, minConfidence: view.limits.minConfidence };
    const value = intent.confidence;
    if (value === null || (value >= view.limits.minConfidence && value <= 1)) return { inputs };
    const sentence = `The confidence of the signal is ${value}; MIN_CONFIDENCE is ${view.limits.minConfidence}`;
    return { inputs, denied: `${sentence}, and 1 is the most there is.` };
  },
};
