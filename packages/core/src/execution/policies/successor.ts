import { Decimal } from '../../decimal/decimal.js';
import { type Instrument, roundSize } from '../../instrument/instrument.js';
import { clientOrderId } from '../../orders/client-order-id.js';
import type { OrderTerms } from '../../orders/order.js';
import { awaitsSuccessor, isSettled, type TrackedOrder } from '../../orders/order-ledger.js';
import { publishOrder } from '../publish-order.js';
import { type StepContext, symbolState } from '../step-context.js';
import { MARKET, type OrderPolicy, placing } from './order-policy.js';

/** An order that ended with something left to do, and the one that takes its place: the next number of the same leg. */

export function policyOf(context: StepContext, { purpose }: OrderTerms): OrderPolicy {
  const { orderPolicy } = context.config;
  if (purpose === 'entry') return orderPolicy?.entry ?? MARKET;
  return purpose === 'exit' ? (orderPolicy?.exit ?? MARKET) : MARKET;
}

/**
 * Called when an order of ours has just ended, before that is told: names the order that will take its place, so that the
 * strategy does not take the end for the fate of its signal.
 */
export function nameSuccessor(context: StepContext, tracked: TrackedOrder): void {
  const { order } = tracked;
  if (order.status !== 'CANCELED' && order.status !== 'EXPIRED') return;
  tracked.endedWallTs = context.at.wallTs;
  // A post-only order that would have taken ends by itself: it goes to the new touch.
  if (order.status === 'EXPIRED' && order.terms.timeInForce === 'post_only' && !tracked.cancelWanted) {
    tracked.next = nextPlace(context, tracked);
  }
  if (tracked.next !== null) tracked.replacedBy = idOf(order.terms, tracked.number + 1);
}

/** What comes after one more time-out of an order; null: nothing, its rest is given up. */
export function nextPlace(context: StepContext, tracked: TrackedOrder): 'touch' | 'market' | null {
  const policy = policyOf(context, tracked.order.terms);
  if (policy.kind === 'market') return null;
  if (tracked.reprices < policy.reprices) return 'touch';
  // An exit is never given up.
  return policy.lastly === 'market' || tracked.order.terms.effect === 'close' ? 'market' : null;
}

/** Places what is left of orders that ended, once it is certain how much that is. */
export function placeSuccessors(context: StepContext): void {
  const { orders } = context.state;
  if (!orders.hasSuccessorsToPlace()) return;
  for (const tracked of orders.all()) {
    if (!awaitsSuccessor(tracked) || !isOver(context, tracked)) continue;
    if (tracked.next === null || tracked.replacedBy === null) continue;
    placeSuccessor(context, tracked, tracked.next, tracked.replacedBy);
    tracked.next = null;
  }
}

/**
 * Nothing takes the place of an order. Where it has ended and a successor was named, that is told once more without: its
 * strategy takes the end for the fate of its signal after all.
 */
export function dropSuccessor(context: StepContext, tracked: TrackedOrder, why: string): void {
  const { order, replacedBy } = tracked;
  tracked.next = null;
  tracked.replacedBy = null;
  if (replacedBy === null || (order.status !== 'CANCELED' && order.status !== 'EXPIRED')) return;
  tracked.order = { ...order, reason: `${order.reason}; ${why}` };
  publishOrder(context, tracked);
}

/**
 * True when nothing more can be filled: the order ended, every fill that was reported is booked, and after a cancel a look at
 * the exchange that did not begin before found no more: a fill may be on its way while a cancel is answered. As for orders in doubt, a
 * look of the same millisecond counts: the end was known to the exchange before we heard of it, and so before it read the look's requests.
 */
export function isOver(context: StepContext, tracked: TrackedOrder): boolean {
  const { order, endedWallTs } = tracked;
  if (!isSettled(tracked)) return false;
  if (order.status !== 'CANCELED') return true;
  const swept = symbolState(context, order.terms.symbol)?.sweptWallTs ?? null;
  return endedWallTs === null || (swept !== null && swept >= endedWallTs);
}

function placeSuccessor(context: StepContext, tracked: TrackedOrder, next: 'touch' | 'market', id: string): void {
  const { terms, filledSize } = tracked.order;
  const instrument = context.instruments.get(terms.symbol);
  const left = Decimal.max(Decimal.zero, terms.size.minus(filledSize));
  if (instrument === undefined || !isWorthPlacing(terms, instrument, left)) {
    dropSuccessor(context, tracked, whyNone(instrument, left));
    return;
  }
  const { price: _price, ...kept } = terms;
  const policy = next === 'market' ? MARKET : policyOf(context, terms);
  const mark = symbolState(context, terms.symbol)?.mark ?? null;
  const now = context.at.marketTs;
  const successor = context.state.orders.add(
    { ...kept, ...placing(policy, instrument, terms.side, mark), size: left, clientOrderId: id, createdTs: now },
    // Decided now, at prices of now.
    now,
    { number: tracked.number + 1, protect: tracked.protect, reprices: tracked.reprices + (next === 'touch' ? 1 : 0) },
  );
  publishOrder(context, successor);
}

/** The rest of a lot may be smaller than the smallest order, and is closed all the same. */
function isWorthPlacing({ positionId }: OrderTerms, instrument: Instrument, left: Decimal): boolean {
  if (positionId !== undefined) return left.isPositive();
  return roundSize(instrument, left).gte(instrument.minSize);
}

function whyNone(instrument: Instrument | undefined, left: Decimal): string {
  if (instrument === undefined) return 'its symbol is not traded any more, so nothing takes its place';
  if (left.isZero()) return 'all of it was filled in the end, so nothing takes its place';
  return `the rest of ${left} is below the smallest order of ${instrument.minSize}, so nothing takes its place`;
}

function idOf(terms: OrderTerms, number: number): string {
  return clientOrderId(terms.signalId, terms.leg, number);
}
