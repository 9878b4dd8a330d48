import type { Order } from '../orders/order.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import { awaitsSuccessor, isSettled } from '../orders/order-ledger.js';
import type { DenialCode } from '../risk/denial.js';
import type { RiskGate } from '../risk/gate.js';
import { isReconciled } from './account-books.js';
import { finish } from './publish-order.js';
import { riskView } from './risk-view.js';
import { sellable } from './sizing/order-sizes.js';
import type { StepContext } from './step-context.js';

/**
 * Hands over the next recorded order of every symbol that is reconciled and has no unanswered placement: with no client
 * order id at the exchange, two at once could not be told apart. Closes go before openings.
 */
export function dispatch(context: StepContext, gate: RiskGate): void {
  const { state, out } = context;
  if (!state.orders.hasPending()) return;
  for (const [symbol, known] of state.symbols) {
    if (!isReconciled(context, known) || known.offered !== null || state.orders.unanswered(symbol) !== undefined)
      continue;
    for (const tracked of pending(context, symbol)) {
      const turn = turnOf(context, tracked);
      if (turn === 'wait') continue;
      if (turn !== 'go') {
        finish(context, tracked, 'VOID', turn);
        continue;
      }
      const { terms } = tracked.order;
      const verdict = gate.release(terms, tracked.signalTs, riskView(context, terms, false, tracked));
      if (!verdict.approved) {
        const { code, inputs, message } = verdict;
        finish(context, tracked, 'VOID', `${code}: ${message}`, { code, inputs });
        continue;
      }
      const [approved] = verdict.orders;
      if (approved === undefined) continue;
      known.offered = terms.clientOrderId;
      out.actions.push({ kind: 'submit', order: approved });
      break;
    }
  }
}

function pending(context: StepContext, symbol: string): readonly TrackedOrder[] {
  const all = context.state.orders.pending(symbol);
  if (all.length < 2) return all;
  return [...all.filter(({ order }) => closes(order)), ...all.filter(({ order }) => !closes(order))];
}

function closes(order: Order): boolean {
  return order.terms.effect === 'close';
}

/** Whether an order may go now, must wait, or has lost its reason. */
function turnOf(context: StepContext, tracked: TrackedOrder): 'go' | 'wait' | DenialCode {
  const { orders, ledger } = context.state;
  const { terms } = tracked.order;
  if (terms.effect === 'open') {
    let filled = true;
    for (const leg of orders.each()) {
      const { purpose, signalId, symbol } = leg.order.terms;
      if (signalId !== terms.signalId || purpose !== 'exit' || symbol !== terms.symbol) continue;
      if (!isSettled(leg) || awaitsSuccessor(leg)) return 'wait';
      if (leg.replacedBy === null && leg.order.status !== 'FILLED') filled = false;
    }
    return filled ? 'go' : 'first_leg_unfilled';
  }
  if (terms.positionId !== undefined) {
    const lot = ledger.lot(terms.symbol, terms.positionId);
    return lot === undefined || lot.size.lt(terms.size) ? 'nothing_to_close' : 'go';
  }
  const instrument = context.instruments.get(terms.symbol);
  if (instrument === undefined) return 'nothing_to_close';
  const held = sellable(instrument, ledger.size(terms.strategy, terms.symbol));
  return held.lt(terms.size) ? 'nothing_to_close' : 'go';
}
