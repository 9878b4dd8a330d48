import { Decimal } from '../../decimal/decimal.js';
import type { Check } from '../check.js';

/**
 * A close reduces nothing until it is filled; but the opening leg of a reversal leaves only after its closes were filled, so
 * those are taken off.
 */
export const positionSize: Check = {
  code: 'position_size',
  applies: 'openings',
  review(intent, view) {
    const sum = (effect: 'open' | 'close') =>
      Decimal.sum(intent.orders.filter((order) => order.effect === effect).map((order) => order.size));
    const after = view.exposure.minus(sum('close')).plus(sum('open'));
    const inputs = {
      exposure: view.exposure.toString(),
      after: after.toString(),
      maxPositionSize: view.maxPositionSize.toString(),
    };
    if (after.lte(view.maxPositionSize)) return { inputs };
    const sentence = `The position of ${intent.symbol} would be ${after}; MAX_POSITION_SIZE is ${view.maxPositionSize}.`;
    return { inputs, denied: sentence };
  },
};
