import { Decimal } from '../decimal/decimal.js';
import type { SimulatedOrder } from './types.js';

/** A value as plain JSON: decimals are text. */
export type Wire<T> = T extends Decimal
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : T;

export function orderToWire(order: SimulatedOrder): Wire<SimulatedOrder> {
  const { price, triggerPrice, losscutPrice, ...rest } = order;
  return {
    ...rest,
    size: order.size.toString(),
    filledSize: order.filledSize.toString(),
    closes: order.closes.map(({ positionId, size }) => ({ positionId, size: size.toString() })),
    ...(price && { price: price.toString() }),
    ...(triggerPrice && { triggerPrice: triggerPrice.toString() }),
    ...(losscutPrice && { losscutPrice: losscutPrice.toString() }),
  };
}

export function orderFromWire(wire: Wire<SimulatedOrder>): SimulatedOrder {
  const { price, triggerPrice, losscutPrice, ...rest } = wire;
  return {
    ...rest,
    size: Decimal.of(wire.size),
    filledSize: Decimal.of(wire.filledSize),
    closes: wire.closes.map(({ positionId, size }) => ({ positionId, size: Decimal.of(size) })),
    ...(price && { price: Decimal.of(price) }),
    ...(triggerPrice && { triggerPrice: Decimal.of(triggerPrice) }),
    ...(losscutPrice && { losscutPrice: Decimal.of(losscutPrice) }),
  };
}
