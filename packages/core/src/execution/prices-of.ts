import { Decimal } from '../decimal/decimal.js';
import type { Prices } from '../risk/check.js';

interface Quote {
  readonly bid: number;
  readonly ask: number;
}

const HALF = Decimal.of('0.5');
const exactPrices = new WeakMap<Quote, Prices>();

/** The quotes as exact numbers; made once for every quote. */
export function pricesOf(quote: Quote): Prices {
  const known = exactPrices.get(quote);
  if (known !== undefined) return known;
  const [bid, ask] = [Decimal.of(quote.bid), Decimal.of(quote.ask)];
  const prices = { bid, ask, mid: bid.plus(ask).times(HALF) };
  exactPrices.set(quote, prices);
  return prices;
}
