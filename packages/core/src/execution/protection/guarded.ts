import { Decimal } from '../../decimal/decimal.js';
import { awaitsSuccessor, type TrackedOrder } from '../../orders/order-ledger.js';
import { isOver } from '../policies/successor.js';
import { sellable } from '../sizing/order-sizes.js';
import type { StepContext } from '../step-context.js';
import type { Guard } from './guard.js';

/** What a guard stands for: the position it protects, and its orders. */

/** What there is to protect. Base coin. */
export function heldBy({ state, instruments }: StepContext, guard: Guard): Decimal {
  const { symbol, strategy, positionId } = guard;
  if (positionId !== null) return state.ledger.lot(symbol, positionId)?.size ?? Decimal.zero;
  const instrument = instruments.get(symbol);
  return instrument === undefined ? Decimal.zero : sellable(instrument, state.ledger.size(strategy, symbol));
}

/** Its orders in memory, oldest first. */
export function ordersOfGuard({ state }: StepContext, { symbol, signalId, leg }: Guard): readonly TrackedOrder[] {
  return state.orders.all(symbol).filter(({ order: { terms } }) => terms.signalId === signalId && terms.leg === leg);
}

/** Of them, those that may still fill. */
export function liveOf(context: StepContext, orders: readonly TrackedOrder[]): readonly TrackedOrder[] {
  return orders.filter((tracked) => !isOver(context, tracked));
}

/** True when orders at the exchange cover all that it protects. */
export function isResting(context: StepContext, guard: Guard): boolean {
  const resting = liveOf(context, ordersOfGuard(context, guard)).filter(({ order }) => order.terms.type !== 'market');
  const covered = Decimal.sum(resting.map(({ order }) => order.terms.size.minus(order.filledSize)));
  return covered.gte(heldBy(context, guard));
}

/** True while a signal or an operator closes the position: its guard keeps still. */
export function isSuspended(context: StepContext, guard: Guard): boolean {
  const { state } = context;
  if (state.risk.flattening?.symbols.includes(guard.symbol)) return true;
  if (guard.clearedFor !== null && state.waiting.some(({ id }) => id === guard.clearedFor)) return true;
  return state.orders.all(guard.symbol).some((tracked) => {
    const { purpose, effect, positionId, strategy } = tracked.order.terms;
    if (effect !== 'close' || (isOver(context, tracked) && !awaitsSuccessor(tracked))) return false;
    if (purpose === 'flatten') return true;
    return (
      purpose === 'exit' && (guard.positionId === null ? strategy === guard.strategy : positionId === guard.positionId)
    );
  });
}
