import type { Check } from '../check.js';

export const unknownInstrument: Check = {
  code: 'unknown_instrument',
  applies: 'always',
  review(intent, view) {
    const inputs = { symbol: intent.symbol, known: view.instrument !== null };
    if (view.instrument !== null) return { inputs };
    return { inputs, denied: `${intent.symbol} is not one of the symbols this engine trades; add it to SYMBOLS.` };
  },
};
