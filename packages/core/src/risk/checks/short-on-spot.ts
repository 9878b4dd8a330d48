import type { Check } from '../check.js';

export const shortOnSpot: Check = {
  code: 'short_on_spot',
  applies: 'always',
  review(intent, view) {
    const kind = view.instrument?.kind ?? null;
    const inputs = { kind, action: intent.action };
    if (kind !== 'spot' || intent.action !== 'enter_short') return { inputs };
    return { inputs, denied: `${intent.symbol} is a spot symbol: it cannot be sold short. Trade a leverage symbol.` };
  },
};
