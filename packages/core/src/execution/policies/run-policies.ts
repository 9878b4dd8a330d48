import { isWorking } from '../../orders/order.js';
import type { TrackedOrder } from '../../orders/order-ledger.js';
import { amendOrder, cancelOrder } from '../order-changes.js';
import { type StepContext, symbolState } from '../step-context.js';
import { touch } from './order-policy.js';
import { dropSuccessor, nextPlace, policyOf } from './successor.js';

/** Moves resting orders whose time is up to the touch of now, or ends them. On every clock. */
export function runPolicies(context: StepContext): void {
  for (const tracked of context.state.orders.unsettled()) {
    const { order, restingSince } = tracked;
    if (order.terms.type !== 'limit' || !isWorking(order) || order.request !== 'none') continue;
    if (tracked.cancelWanted || restingSince === null) continue;
    const policy = policyOf(context, order.terms);
    if (policy.kind === 'market' || context.at.marketTs - restingSince < policy.timeoutMs) continue;
    const next = nextPlace(context, tracked);
    if (next === 'touch') reprice(context, tracked);
    else {
      tracked.next = next;
      cancelOrder(context, tracked, 'time-out');
    }
  }
}

/** Takes a resting order back because its strategy has decided otherwise: nothing takes its place. */
export function abandon(context: StepContext, tracked: TrackedOrder): void {
  dropSuccessor(context, tracked, 'a newer signal wants something else, so nothing takes its place');
  cancelOrder(context, tracked, 'a newer signal');
}

function reprice(context: StepContext, tracked: TrackedOrder): void {
  const { order } = tracked;
  const { symbol, side, type, timeInForce, effect } = order.terms;
  const instrument = context.instruments.get(symbol);
  const mark = symbolState(context, symbol)?.mark ?? null;
  const price = instrument === undefined ? null : touch(instrument, side, mark);
  const old = mark === null || context.at.marketTs - mark.ts > context.config.maxDataAgeMs;
  const there = order.workingPrice ?? order.terms.price;
  if (price === null || old || there?.eq(price)) {
    // It stands first already, or nobody knows where the touch is: it keeps its place in the queue.
    tracked.reprices += 1;
    tracked.restingSince = context.at.marketTs;
    return;
  }
  const kinds = context.config.orderKinds[symbol] ?? [];
  const amend = kinds.some(
    (kind) => kind.amend && kind.type === type && kind.timeInForce === timeInForce && kind.effect === effect,
  );
  if (!amend) {
    tracked.next = 'touch';
    cancelOrder(context, tracked, 'time-out');
  } else if (amendOrder(context, tracked, { price })) {
    tracked.reprices += 1;
    tracked.restingSince = context.at.marketTs;
  }
}
