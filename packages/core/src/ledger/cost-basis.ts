import { Decimal } from '../decimal/decimal.js';

/**
 * What is held and what it cost, both signed (a short has a negative size and a negative cost). The cost is kept, not the
 * average price: dividing rounds, and a ledger must balance to the last digit.
 */
export interface CostBasis {
  readonly size: Decimal;
  readonly cost: Decimal;
}

export const emptyBasis: CostBasis = { size: Decimal.zero, cost: Decimal.zero };

/** Average entry price; zero when nothing is held. For showing: the basis itself is what is reckoned with. */
export function averagePrice(basis: CostBasis): Decimal {
  return basis.size.isZero() ? Decimal.zero : basis.cost.dividedBy(basis.size);
}

/** Buys (positive `signedSize`) or sells at a price, by average cost. A fill through zero closes first and opens the rest. */
export function trade(
  basis: CostBasis,
  signedSize: Decimal,
  price: Decimal,
): { readonly basis: CostBasis; readonly realizedPnl: Decimal } {
  const opens = basis.size.isZero() || basis.size.isNegative() === signedSize.isNegative();
  if (opens) {
    const size = basis.size.plus(signedSize);
    return { basis: { size, cost: basis.cost.plus(signedSize.times(price)) }, realizedPnl: Decimal.zero };
  }
  if (signedSize.abs().gt(basis.size.abs())) {
    const closed = trade(basis, basis.size.negated(), price);
    const opened = trade(emptyBasis, signedSize.plus(basis.size), price);
    return { basis: opened.basis, realizedPnl: closed.realizedPnl };
  }
  const size = basis.size.plus(signedSize);
  const costOut = size.isZero() ? basis.cost : basis.cost.times(signedSize.abs()).dividedBy(basis.size.abs());
  const realizedPnl = signedSize.times(price).negated().minus(costOut);
  return { basis: { size, cost: basis.cost.minus(costOut) }, realizedPnl };
}

/** What closing everything at `price` would realise. */
export function unrealizedPnl(basis: CostBasis, price: Decimal): Decimal {
  return basis.size.times(price).minus(basis.cost);
}
