import type { Check } from '../check.js';

export const symbolExposure: Check = {
  code: 'symbol_exposure',
  applies: 'openings',
  review(intent, view, opening) {
    const after = view.exposure.symbol.minus(opening.closedValue).plus(opening.value);
    const { maxSymbolExposure } = view.limits;
    const inputs = { exposure: view.exposure.symbol, after, maxSymbolExposure };
    if (after.lte(maxSymbolExposure)) return { inputs };
    const words = `What is open on ${intent.symbol} would be worth ${after.round(2)}`;
    return { inputs, denied: `${words}; MAX_SYMBOL_EXPOSURE is ${maxSymbolExposure}.` };
  },
};
