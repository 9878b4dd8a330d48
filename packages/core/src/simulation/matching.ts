import { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { TradeEvent } from '../events/market.js';
import type { Slice } from './depth.js';
import type { SimulatedOrder, SimulationReport } from './types.js';
import type { Venue } from './venue.js';

/** Which of two own orders ends when they would trade with each other; GMO Coin does not say. */
export type SelfTradeVictim = 'newer' | 'older';

/**
 * An order meets the shown book: what its time in force allows is taken, and the rest rests or ends. With `worst` it pays that
 * price or worse: a stop does no better than the trade that set it off.
 */
export function take(
  venue: Venue,
  orderId: number,
  victim: SelfTradeVictim,
  ts: EpochMs,
  reports: SimulationReport[],
  worst?: Decimal,
): void {
  const order = venue.orders.get(orderId) as SimulatedOrder;
  const open = order.size.minus(order.filledSize);
  for (;;) {
    const own = nearestOwn(venue, order);
    const slices = reachable(venue, order, own?.price);
    const covers = Decimal.sum(slices.map(({ size }) => size)).gte(open);
    const met = covers ? undefined : own;
    if (met !== undefined && victim === 'older' && order.timeInForce !== 'post_only') {
      venue.end(met.orderId, 'expired', 'EXPIRED_SELFTRADE', ts, reports);
      continue;
    }
    const refusal = refusalOf(order, covers, slices.length > 0 || met !== undefined);
    if (refusal !== null) {
      venue.end(orderId, 'expired', refusal, ts, reports);
      return;
    }
    for (const slice of slices) {
      venue.depth(order.symbol).consume(slice.level, slice.size);
      const { price, size } = worst === undefined ? slice : notBetter(order.side, slice, worst);
      venue.fill(orderId, { price: venue.priceFor(order, price), size }, 'taker', ts, reports);
    }
    if (met !== undefined) venue.end(orderId, 'expired', 'EXPIRED_SELFTRADE', ts, reports);
    else if (order.timeInForce === 'ioc') venue.end(orderId, 'expired', 'EXPIRED_FAK', ts, reports);
    const left = venue.orders.get(orderId);
    if (left?.state === 'working' && left.price !== undefined)
      venue.queue.join({ ...left, price: left.price }, venue.depth(order.symbol));
    return;
  }
}

/** A new book: resting orders that it crosses fill at their own price and take its depth; the others see who stands before them. */
export function crossResting(venue: Venue, symbol: string, ts: EpochMs, reports: SimulationReport[]): void {
  const depth = venue.depth(symbol);
  for (const order of venue.orders.resting(symbol)) {
    const { orderId, side, size, filledSize, price } = order;
    venue.queue.look(order, depth);
    for (const slice of depth.slices(side, size.minus(filledSize), price)) {
      depth.consume(slice.level, slice.size);
      venue.fill(orderId, { price, size: slice.size }, 'maker', ts, reports);
    }
  }
}

/**
 * A trade reaches resting orders: those whose price it went beyond, then those at its price when their turn in the queue has come. They
 * fill at their own price, all together up to the trade's size.
 */
export function tradeAgainst(
  venue: Venue,
  symbol: string,
  { price, size, side }: TradeEvent['data'],
  ts: EpochMs,
  reports: SimulationReport[],
): void {
  let left = Decimal.of(size);
  const { sizeStep } = venue.instrument(symbol);
  for (const order of venue.orders.resting(symbol)) {
    if (!left.isPositive()) return;
    const beyond = order.side === 'buy' ? order.price.gt(price) : order.price.lt(price);
    const touched = order.side !== side && order.price.eq(price);
    if (!beyond && !touched) continue;
    const reached = beyond ? left : venue.queue.reach(order.orderId, left).floorTo(sizeStep);
    const taken = Decimal.min(reached, order.size.minus(order.filledSize));
    if (!taken.isPositive()) continue;
    left = left.minus(taken);
    venue.fill(order.orderId, { price: order.price, size: taken }, 'maker', ts, reports);
  }
}

/** True when it would trade at once, with the book or with another of ours. */
export function wouldTake(venue: Venue, order: SimulatedOrder): boolean {
  return nearestOwn(venue, order) !== undefined || reachable(venue, order).length > 0;
}

/** The own resting order of the other side that this one would reach first. */
function nearestOwn(venue: Venue, order: SimulatedOrder) {
  const others = venue.orders.resting(order.symbol).filter(({ side }) => side !== order.side);
  // Sorted best first for its own side, which is what a taker reaches first.
  const [first] = others.filter(({ orderId }) => orderId !== order.orderId);
  if (first === undefined || order.price === undefined) return first;
  const crosses = order.side === 'buy' ? order.price.gte(first.price) : order.price.lte(first.price);
  return crosses ? first : undefined;
}

/** Depth up to the own order that stands in the way; at its price others stand before it. */
function reachable(venue: Venue, { symbol, side, size, filledSize, price }: SimulatedOrder, own?: Decimal): Slice[] {
  return venue.depth(symbol).slices(side, size.minus(filledSize), own ?? price);
}

/** Why the whole order ends before anything is taken, or null. */
function refusalOf({ timeInForce }: SimulatedOrder, covers: boolean, takes: boolean): string | null {
  if (timeInForce === 'post_only' && takes) return 'EXPIRED_SOK';
  return timeInForce === 'fok' && !covers ? 'EXPIRED_FOK' : null;
}

function notBetter(side: Side, slice: Slice, worst: Decimal): Slice {
  return {
    ...slice,
    price: side === 'buy' ? Decimal.max(slice.price, worst) : Decimal.min(slice.price, worst),
  };
}
