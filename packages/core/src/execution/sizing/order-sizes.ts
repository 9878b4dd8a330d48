import { Decimal } from '../../decimal/decimal.js';
import { type Instrument, roundSize } from '../../instrument/instrument.js';

/** What of a spot position can be sold: rounded down to the step, zero when below the minimum (dust counts as flat). */
export function sellable(instrument: Instrument, size: Decimal): Decimal {
  const rounded = roundSize(instrument, size);
  return rounded.lt(instrument.minSize) ? Decimal.zero : rounded;
}

/** Cuts a size into orders of at most the maximum. */
export function ordersOf(instrument: Instrument, size: Decimal): readonly Decimal[] {
  const sizes: Decimal[] = [];
  let rest = size;
  while (rest.gt(instrument.maxSize)) {
    // The last two share what is left, so that neither falls below the minimum.
    const half = roundSize(instrument, rest.dividedBy(2));
    const next = rest.minus(instrument.maxSize).lt(instrument.minSize) ? half : instrument.maxSize;
    sizes.push(next);
    rest = rest.minus(next);
  }
  if (rest.isPositive()) sizes.push(rest);
  return sizes;
}
