import { Decimal, type Order } from '@alpha-engine/core';

/** Of one signal, on one side. */
export interface Outcome {
  readonly denied: string | null;
  readonly size: string;
  readonly averagePrice: string | null;
}

export function outcomeOf(orders: readonly Order[], denied: string | null): Outcome {
  let size = Decimal.zero;
  let value = Decimal.zero;
  for (const order of orders) {
    if (!('averagePrice' in order) || order.averagePrice === undefined) continue;
    size = size.plus(order.filledSize);
    value = value.plus(order.averagePrice.times(order.filledSize));
  }
  const averagePrice = size.isZero() ? null : value.dividedBy(size).toString();
  return { denied, size: size.toString(), averagePrice };
}
