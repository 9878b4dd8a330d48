import type { Check } from '../check.js';

export const cooldown: Check = {
  code: 'cooldown',
  applies: 'openings',
  review(intent, view) {
    const { lossCooldownMs } = view.limits;
    const sinceMs = view.lastLossTs === null ? null : view.now - view.lastLossTs;
    const inputs = { sinceMs, lossCooldownMs };
    if (sinceMs === null || sinceMs >= lossCooldownMs) return { inputs };
    const sentence = `A trade on ${intent.symbol} was lost ${sinceMs} ms ago`;
    return { inputs, denied: `${sentence}; nothing is opened for ${lossCooldownMs} ms after that.` };
  },
};
