import type { Check } from '../check.js';

export const accountExposure: Check = {
  code: 'account_exposure',
  applies: 'openings',
  review(_intent, view, opening) {
    const after = view.exposure.account.minus(opening.closedValue).plus(opening.value);
    const { maxAccountExposure } = view.limits;
    const inputs = { exposure: view.exposure.account, after, maxAccountExposure };
    if (after.lte(maxAccountExposure)) return { inputs };
    const words = `What the account has open would be worth ${after.round(2)}`;
    return { inputs, denied: `${words}; MAX_ACCOUNT_EXPOSURE is ${maxAccountExposure}.` };
  },
};
