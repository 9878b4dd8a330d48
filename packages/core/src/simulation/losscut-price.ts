import { Decimal } from '../decimal/decimal.js';
import type { Side } from '../events/common.js';

/** Margin of a leverage lot: half of its notional (individuals trade at 2x). */
export const MARGIN_RATE = Decimal.of('0.5');

/** A lot may lose this share of its open price, half its margin, before it is closed by force. */
const LOSSCUT_DISTANCE = MARGIN_RATE.times('0.5');

/** Rounded to the tick, towards the open price: so do the two samples that were seen. */
export function defaultLosscutPrice(side: Side, openPrice: Decimal, tick: Decimal): Decimal {
  const distance = openPrice.times(LOSSCUT_DISTANCE);
  return side === 'buy' ? openPrice.minus(distance).ceilTo(tick) : openPrice.plus(distance).floorTo(tick);
}

/** True when a lot is to be closed by force: what closing it would pay has reached its losscut price. */
export function losscutReached(
  lot: { readonly side: Side; readonly losscutPrice: Decimal },
  closing: Decimal,
): boolean {
  return lot.side === 'buy' ? closing.lte(lot.losscutPrice) : closing.gte(lot.losscutPrice);
}
