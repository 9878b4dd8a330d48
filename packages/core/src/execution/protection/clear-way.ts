import type { Intent } from '../../risk/check.js';
import { cancelOrder } from '../order-changes.js';
import type { StepContext } from '../step-context.js';
import type { Guard } from './guard.js';
import { liveOf, ordersOfGuard } from './guarded.js';

/** What protects the positions that a signal wants to close: a lot that one order holds takes no other. */
export function guardsInTheWay({ state }: StepContext, intent: Intent): readonly Guard[] {
  const closes = intent.orders.filter(({ effect }) => effect === 'close');
  if (closes.length === 0) return [];
  return [...state.guards.values()].filter(
    ({ positionId, strategy, symbol }) =>
      symbol === intent.symbol &&
      strategy === intent.strategy &&
      (positionId === null || closes.some((close) => close.positionId === positionId)),
  );
}

/** Takes their orders away. True when they are gone for certain; what they filled in between is not left to close. */
export function clearWay(context: StepContext, { signalId }: Intent, guards: readonly Guard[]): boolean {
  let clear = true;
  for (const guard of guards) {
    guard.clearedFor = signalId;
    if (!takeBack(context, guard, 'a signal closes the position')) clear = false;
  }
  return clear;
}

/** Cancels what rests for a guard. True when nothing of it can be filled any more. */
export function takeBack(context: StepContext, guard: Guard, why: string): boolean {
  const live = liveOf(context, ordersOfGuard(context, guard));
  for (const tracked of live) if (tracked.order.terms.type !== 'market') cancelOrder(context, tracked, why);
  return liveOf(context, live).length === 0;
}
