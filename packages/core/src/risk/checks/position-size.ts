import type { Check } from '../check.js';

/**
 * A close reduces nothing until it is filled; but the opening leg of a reversal leaves only after its closes were filled, so
 * those are taken off.
 */
export const positionSize: Check = {
  code: 'position_size',
  applies: 'openings',
  review(intent, view, opening) {
    const after = view.exposure.size.minus(opening.closedSize).plus(opening.size);
    const inputs = { exposure: view.exposure.size, after, maxPositionSize: view.maxPositionSize };
    if (after.lte(view.maxPositionSize)) return { inputs };
    const sentence = `The position of ${intent.symbol} would be ${after}; MAX_POSITION_SIZE is ${view.maxPositionSize}.`;
    return { inputs, denied: sentence };
  },
};
