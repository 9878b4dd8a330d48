import type { Decimal } from '../decimal/decimal.js';
import type { OrderEvent } from '../events/order.js';

/** Signed base coin after the fill that the event carries, if any. */
export function addFill(filled: Decimal, { data: { fill, side } }: OrderEvent): Decimal {
  if (fill === undefined) return filled;
  return side === 'buy' ? filled.plus(fill.size) : filled.minus(fill.size);
}
