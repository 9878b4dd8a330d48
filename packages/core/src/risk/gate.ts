import type { OrderTerms } from '../orders/order.js';
import type { ApprovedOrder } from './approved-order.js';
import type { Check, Intent, RiskView } from './check.js';
import { accountExposure } from './checks/account-exposure.js';
import { clockSkew } from './checks/clock-skew.js';
import { confidence } from './checks/confidence.js';
import { cooldown } from './checks/cooldown.js';
import { dailyLoss } from './checks/daily-loss.js';
import { drawdown } from './checks/drawdown.js';
import { duplicateSignal } from './checks/duplicate-signal.js';
import { funds } from './checks/funds.js';
import { halted } from './checks/halted.js';
import { losingStreak } from './checks/losing-streak.js';
import { maintenance } from './checks/maintenance.js';
import { notReconciled } from './checks/not-reconciled.js';
import { openOrders } from './checks/open-orders.js';
import { orderKind } from './checks/order-kind.js';
import { orderRate } from './checks/order-rate.js';
import { orderValue } from './checks/order-value.js';
import { ownOrdersCross } from './checks/own-orders-cross.js';
import { positionSize } from './checks/position-size.js';
import { price } from './checks/price.js';
import { priceCollar } from './checks/price-collar.js';
import { protection } from './checks/protection.js';
import { shortOnSpot } from './checks/short-on-spot.js';
import { signalFromFuture } from './checks/signal-from-future.js';
import { signalTooOld } from './checks/signal-too-old.js';
import { size } from './checks/size.js';
import { sizing } from './checks/sizing.js';
import { staleData } from './checks/stale-data.js';
import { strategyExposure } from './checks/strategy-exposure.js';
import { symbolExposure } from './checks/symbol-exposure.js';
import { unknownInstrument } from './checks/unknown-instrument.js';
import type { DenialCode } from './denial.js';
import { openingOf } from './opening.js';

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
  confidence,
  shortOnSpot,
  halted,
  maintenance,
  staleData,
  clockSkew,
  notReconciled,
  orderKind,
  price,
  protection,
  sizing,
  size,
  priceCollar,
  ownOrdersCross,
  openOrders,
  orderValue,
  positionSize,
  symbolExposure,
  strategyExposure,
  accountExposure,
  funds,
  orderRate,
  dailyLoss,
  drawdown,
  losingStreak,
  cooldown,
];

const FOR_OPENINGS = setOf(CHECKS);
const FOR_CLOSES = setOf(CHECKS.filter(({ applies }) => applies === 'always'));

/** The only maker of approved orders. Same checks in back-test, paper and live. */
export class RiskGate {
  /** Approves all orders of an intent or none. An intent that only reduces skips the checks on exposure and loss. */
  review(intent: Intent, view: RiskView): Verdict {
    const opening = openingOf(intent, view.prices);
    const { checks, blank } = opening.orders.length > 0 ? FOR_OPENINGS : FOR_CLOSES;
    const inputs: Record<string, unknown> = { ...blank };
    for (const check of checks) {
      const result = check.review(intent, view, opening);
      inputs[check.code] = result.inputs;
      if (result.denied === undefined) continue;
      return { approved: false, code: check.code, message: result.denied, inputs: lookedAt(inputs) };
    }
    return { approved: true, orders: intent.orders.map(approve), inputs };
  }

  /**
   * Looks once more at one recorded order just before it may leave: it may have waited for another order, for
   * reconciliation or for a restart. The view must not contain the order itself.
   */
  release(terms: OrderTerms, signalTs: number, view: RiskView): Verdict {
    const action = terms.effect === 'close' ? 'exit' : terms.side === 'buy' ? 'enter_long' : 'enter_short';
    const { signalId, strategy, symbol } = terms;
    const intent = {
      signalId,
      strategy,
      symbol,
      action,
      signalTs,
      confidence: null,
      priceRef: null,
      orders: [terms],
    } as const;
    return this.review(intent, view);
  }
}

/** Checks, and where their inputs go: an object that has all its keys is filled three times faster than one that grows. */
function setOf(checks: readonly Check[]) {
  return { checks, blank: Object.fromEntries(checks.map(({ code }) => [code, undefined])) };
}

/** Without the checks that came no more. */
function lookedAt(inputs: Readonly<Record<string, unknown>>): Verdict['inputs'] {
  return Object.fromEntries(Object.entries(inputs).filter(([, looked]) => looked !== undefined));
}

function approve(terms: OrderTerms): ApprovedOrder {
  return terms as ApprovedOrder;
}
