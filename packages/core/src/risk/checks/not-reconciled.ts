import type { Check } from '../check.js';

export const notReconciled: Check = {
  code: 'not_reconciled',
  applies: 'openings',
  review(intent, view) {
    const inputs = { reconciled: view.reconciled };
    if (view.reconciled) return { inputs };
    return { inputs, denied: `The books of ${intent.symbol} do not agree with the exchange yet; see the alarms.` };
  },
};
