import type { OrderChange } from '../exchange/broker.js';
import { repriced } from '../orders/advance.js';
import { type ClientOrderId, isWorking, type OrderOf, workingPrice } from '../orders/order.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import { finish, publishOrder } from './publish-order.js';
import { type StepContext, symbolState, trackedOf, wantSweep } from './step-context.js';

/** Cancels and amends: asked for, answered, and repeated until they are done. Both may be repeated safely. */

/** Wall milliseconds after which a cancel or amend is asked for again: answer unknown, or answered and not seen to take effect. */
const AGAIN_MS = { inDoubt: 1_000, answered: 5_000 };

type Working = OrderOf<'NEW' | 'PARTIALLY_FILLED'>;
type ChangeOutcome = 'accepted' | 'refused' | 'in_doubt';

/** Wants an order gone: one that was not sent is voided, a working one canceled, one in doubt canceled when it is named. */
export function cancelOrder(context: StepContext, tracked: TrackedOrder, why: string): void {
  const { order } = tracked;
  if (order.status === 'PENDING' && symbolState(context, order.terms.symbol)?.offered !== order.terms.clientOrderId) {
    tracked.cancelWanted = true;
    finish(context, tracked, 'VOID', why);
    return;
  }
  if (tracked.cancelWanted) return;
  tracked.cancelWanted = true;
  if (isWorking(order) && order.request !== 'cancel') askCancel(context, tracked, order);
}

/** Wants a working order at another price. False when it cannot be changed now: it is not working, or something else is asked of it. */
export function amendOrder(context: StepContext, tracked: TrackedOrder, change: OrderChange): boolean {
  const { order } = tracked;
  if (!isWorking(order) || order.request !== 'none' || tracked.cancelWanted) return false;
  askAmend(context, tracked, order, change);
  return true;
}

export function onCancelAnswered(context: StepContext, id: ClientOrderId, outcome: ChangeOutcome): void {
  const tracked = trackedOf(context, id);
  const { order } = tracked;
  if (!isWorking(order) || (order.request !== 'cancel' && order.request !== 'cancel_in_doubt')) return;
  // Accepted means handed over: the cancellation itself arrives as an update.
  tracked.order = { ...order, request: outcome === 'in_doubt' ? 'cancel_in_doubt' : 'none' };
  publishOrder(context, tracked);
  wantSweep(context, order.terms.symbol);
}

export function onAmendAnswered(context: StepContext, id: ClientOrderId, outcome: ChangeOutcome): void {
  const tracked = trackedOf(context, id);
  const { order, amending } = tracked;
  if (!isWorking(order) || (order.request !== 'amend' && order.request !== 'amend_in_doubt')) return;
  tracked.changedWallTs = context.at.wallTs;
  if (outcome === 'refused') noteRefusal(context, tracked);
  if (outcome === 'in_doubt') {
    tracked.order = { ...order, request: 'amend_in_doubt' };
    publishOrder(context, tracked);
    wantSweep(context, order.terms.symbol);
    return;
  }
  const price = priceIn(amending);
  endAmend(tracked);
  if (outcome === 'accepted' && price !== undefined) {
    tracked.order = repriced(tracked.order, price, context.at.marketTs);
  }
  publishOrder(context, tracked);
  // The engine may still have refused it behind the gateway: what the exchange lists from now on is the truth.
  wantSweep(context, order.terms.symbol);
}

/**
 * The price at which the exchange shows a working order. A frame may be late, so it only confirms the change that was asked
 * for; a list that was read after the last answer has the word.
 */
export function takePrice(context: StepContext, tracked: TrackedOrder, shown: OrderChange, begunWallTs?: number): void {
  const { order, amending, changedWallTs } = tracked;
  const price = priceIn(shown);
  if (!isWorking(order) || price === undefined) return;
  const before = order;
  if (priceIn(amending)?.eq(price)) {
    endAmend(tracked);
    tracked.refusals = 0;
  } else {
    const fresh = begunWallTs !== undefined && (changedWallTs === null || begunWallTs > changedWallTs);
    if (!fresh || order.request === 'amend' || order.request === 'amend_in_doubt') return;
    takeOutcome(context, tracked, workingPrice(order)?.eq(price) === true);
  }
  tracked.order = repriced(tracked.order, price, context.at.marketTs);
  if (tracked.order !== before) publishOrder(context, tracked);
}

/** Asks again for what is not known to be done. On every clock. */
export function repeatChanges(context: StepContext): void {
  for (const tracked of context.state.orders.unsettled()) {
    const { order, amending, requestWallTs, cancelWanted } = tracked;
    if (!isWorking(order)) continue;
    const waited = requestWallTs === null ? Number.POSITIVE_INFINITY : context.at.wallTs - requestWallTs;
    const { request } = order;
    if (waited < (request === 'none' ? AGAIN_MS.answered : AGAIN_MS.inDoubt)) continue;
    if (cancelWanted || request === 'cancel_in_doubt') {
      if (request !== 'cancel') askCancel(context, tracked, order);
    } else if (request === 'amend_in_doubt' && amending !== null) askAmend(context, tracked, order, amending);
  }
}

function askCancel(context: StepContext, tracked: TrackedOrder, order: Working): void {
  ask(context, tracked, { ...order, request: 'cancel' });
  const { exchangeOrderId } = order;
  context.out.actions.push({ kind: 'cancel', clientOrderId: order.terms.clientOrderId, exchangeOrderId });
}

function askAmend(context: StepContext, tracked: TrackedOrder, order: Working, change: OrderChange): void {
  tracked.amending = change;
  ask(context, tracked, { ...order, request: 'amend' });
  const { exchangeOrderId } = order;
  context.out.actions.push({ kind: 'amend', clientOrderId: order.terms.clientOrderId, exchangeOrderId, change });
}

function ask(context: StepContext, tracked: TrackedOrder, order: Working): void {
  tracked.order = order;
  tracked.requestWallTs = context.at.wallTs;
  publishOrder(context, tracked);
}

/** A list that was read after the last answer shows whether what was taken was done; it may be late, and be done after all. */
function takeOutcome(context: StepContext, tracked: TrackedOrder, asBelieved: boolean): void {
  const { changedWallTs, refusedWallTs } = tracked;
  const isOpen = changedWallTs !== null && (refusedWallTs === null || changedWallTs > refusedWallTs);
  if (isOpen && !asBelieved) noteRefusal(context, tracked);
  else if (isOpen || !asBelieved) tracked.refusals = 0;
}

function noteRefusal({ at }: StepContext, tracked: TrackedOrder): void {
  tracked.refusedWallTs = at.wallTs;
  tracked.refusals += 1;
}

function endAmend(tracked: TrackedOrder): void {
  tracked.amending = null;
  if (tracked.order.request === 'amend' || tracked.order.request === 'amend_in_doubt') {
    tracked.order = { ...tracked.order, request: 'none' };
  }
}

function priceIn(change: OrderChange | null) {
  return change?.price ?? change?.triggerPrice;
}
