import { Decimal, type EpochMs, type FillRecord, type Order } from '@alpha-engine/core';

/** When and for what, market time. */
export interface OutcomeFill {
  readonly ts: EpochMs;
  readonly price: string;
  readonly size: string;
}

/** Of one signal, on one side. */
export interface Outcome {
  readonly denied: string | null;
  readonly size: string;
  readonly averagePrice: string | null;
  /** When its orders were made, market time. */
  readonly orderedTs: readonly EpochMs[];
  readonly fills: readonly OutcomeFill[];
  /** Of all fills, quote currency. */
  readonly fees: string;
}

export function outcomeOf(orders: readonly Order[], filled: readonly FillRecord[], denied: string | null): Outcome {
  let size = Decimal.zero;
  let value = Decimal.zero;
  for (const order of orders) {
    if (!('averagePrice' in order) || order.averagePrice === undefined) continue;
    size = size.plus(order.filledSize);
    value = value.plus(order.averagePrice.times(order.filledSize));
  }
  const averagePrice = size.isZero() ? null : value.dividedBy(size).toString();
  const orderedTs = orders.map(({ terms }) => terms.createdTs).toSorted((a, b) => a - b);
  const fees = Decimal.sum(filled.map(({ fill }) => fill.fee)).toString();
  return { denied, size: size.toString(), averagePrice, orderedTs, fills: fillsOf(filled), fees };
}

/** In order of time, then of price: what a walk through the book took at one moment has no other order. */
function fillsOf(filled: readonly FillRecord[]): readonly OutcomeFill[] {
  return filled
    .map(({ fill }) => ({ ts: fill.ts, price: fill.price.toString(), size: fill.size.toString() }))
    .toSorted((a, b) => a.ts - b.ts || Number(a.price) - Number(b.price) || Number(a.size) - Number(b.size));
}
