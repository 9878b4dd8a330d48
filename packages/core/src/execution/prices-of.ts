import { Decimal } from '../decimal/decimal.js';
import type { Prices } from '../risk/check.js';
import type { Mark } from './mark.js';

const HALF = Decimal.of('0.5');

/** The quotes of a symbol as exact numbers, made once for every quote; null before the first. */
export function pricesOf(symbol: { readonly mark: Mark | null; prices: Prices | null }): Prices | null {
  if (symbol.mark === null) return null;
  symbol.prices ??= exact(symbol.mark);
  return symbol.prices;
}

function exact(mark: Mark): Prices {
  const bid = Decimal.of(mark.bid);
  const ask = Decimal.of(mark.ask);
  return { bid, ask, mid: bid.plus(ask).times(HALF) };
}
