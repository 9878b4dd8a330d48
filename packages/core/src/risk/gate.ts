import type { OrderTerms } from '../orders/order.js';
import type { ApprovedOrder } from './approved-order.js';
import { type Check, type Intent, opens, type RiskView } from './check.js';
import { drawdown } from './checks/drawdown.js';
import { duplicateSignal } from './checks/duplicate-signal.js';
import { halted } from './checks/halted.js';
import { notReconciled } from './checks/not-reconciled.js';
import { positionSize } from './checks/position-size.js';
import { shortOnSpot } from './checks/short-on-spot.js';
import { signalFromFuture } from './checks/signal-from-future.js';
import { signalTooOld } from './checks/signal-too-old.js';
import { size } from './checks/size.js';
import { sizing } from './checks/sizing.js';
import { staleData } from './checks/stale-data.js';
import { unknownInstrument } from './checks/unknown-instrument.js';
import type { DenialCode } from './denial.js';

export type Verdict = {
  /** Values the checks looked at, by check code; up to the one that denied. */
  readonly inputs: Readonly<Record<string, unknown>>;
} & (
  | { readonly approved: true; readonly orders: readonly ApprovedOrder[] }
  | { readonly approved: false; readonly code: DenialCode; readonly message: string }
);

/** In order of cost. */
export const CHECKS: readonly Check[] = [
  duplicateSignal,
  unknownInstrument,
  signalTooOld,
  signalFromFuture,
  shortOnSpot,
  halted,
  staleData,
  notReconciled,
  sizing,
  size,
  positionSize,
  drawdown,
];

/** The only maker of approved orders. Same checks in back-test, paper and live. */
export class RiskGate {
  /** Approves all orders of an intent or none. An intent that only reduces skips the checks on exposure and loss. */
  review(intent: Intent, view: RiskView): Verdict {
    const inputs: Record<string, unknown> = {};
    for (const check of CHECKS) {
      if (check.applies === 'openings' && !opens(intent)) continue;
      const result = check.review(intent, view);
      inputs[check.code] = result.inputs;
      if (result.denied !== undefined) return { approved: false, code: check.code, message: result.denied, inputs };
    }
    return { approved: true, orders: intent.orders.map(approve), inputs };
  }

  /**
   * Looks once more at one recorded order just before it may leave: it may have waited for another order, for
   * reconciliation or for a restart. `view.exposure` must not contain the order itself.
   */
  release(terms: OrderTerms, signalTs: number, view: RiskView): Verdict {
    const action = terms.effect === 'close' ? 'exit' : terms.side === 'buy' ? 'enter_long' : 'enter_short';
    const { signalId, strategy, symbol } = terms;
    return this.review({ signalId, strategy, symbol, action, signalTs, orders: [terms] }, view);
  }
}

function approve(terms: OrderTerms): ApprovedOrder {
  return terms as ApprovedOrder;
}
