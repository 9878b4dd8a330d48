import { marginRateOf } from '../../instrument/instrument.js';
import type { Check } from '../check.js';

/** What the opening ties up (all of its value on spot, its margin on leverage) and its fee, as a taker. */
export const funds: Check = {
  code: 'funds',
  applies: 'openings',
  review(intent, view, opening) {
    const { instrument } = view;
    const { free } = view.exposure;
    if (instrument === null || free === null) return { inputs: { free, needed: null } };
    const fee = instrument.takerFeeRate.isPositive() ? instrument.takerFeeRate : null;
    const rate = fee === null ? marginRateOf(instrument) : marginRateOf(instrument).plus(fee);
    // What a reversal closes before gives its margin back.
    const added = opening.closedValue.isZero() ? opening.value : opening.value.minus(opening.closedValue);
    const needed = added.times(rate);
    const inputs = { free, needed };
    if (needed.lte(free) || !needed.isPositive()) return { inputs };
    const words = `The opening on ${intent.symbol} needs ${needed.round(2)} ${instrument.quote} with its fee`;
    return { inputs, denied: `${words}; ${free.round(2)} are free.` };
  },
};
