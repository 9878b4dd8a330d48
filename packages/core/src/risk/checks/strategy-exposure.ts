import type { Check } from '../check.js';

export const strategyExposure: Check = {
  code: 'strategy_exposure',
  applies: 'openings',
  review(intent, view, opening) {
    const after = view.exposure.strategy.minus(opening.closedValue).plus(opening.value);
    const { maxStrategyExposure } = view.limits;
    const inputs = { exposure: view.exposure.strategy, after, maxStrategyExposure };
    if (after.lte(maxStrategyExposure)) return { inputs };
    const words = `What ${intent.strategy} has open would be worth ${after.round(2)}`;
    return { inputs, denied: `${words}; MAX_STRATEGY_EXPOSURE is ${maxStrategyExposure}.` };
  },
};
