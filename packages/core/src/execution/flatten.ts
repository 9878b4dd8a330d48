import type { Decimal } from '../decimal/decimal.js';
import type { Side } from '../events/common.js';
import { ALL_SYMBOLS } from '../events/status.js';
import { EXTERNAL } from '../ledger/ledger.js';
import { clientOrderId } from '../orders/client-order-id.js';
import type { OrderTerms } from '../orders/order.js';
import type { Flattening } from '../risk/flattening.js';
import type { RiskGate } from '../risk/gate.js';
import { cancelOrder } from './order-changes.js';
import { publishOrder } from './publish-order.js';
import { riskView } from './risk-view.js';
import { ordersOf, sellable } from './sizing/order-sizes.js';
import { alarm, halt, type StepContext, symbolState, wantSweep } from './step-context.js';

/** An operator's `flatten`: halt, cancel every order, then close every position, symbol by symbol and until nothing is open. */

/** Rounds of closing orders for one symbol; an exchange that fills none of them is not to be asked for ever. */
const MOST_ROUNDS = 5;
/** Wall milliseconds between two rounds. */
const BETWEEN_ROUNDS_MS = 2_000;
/** Closing orders of one round have numbers of their own. */
const ROUND = 10_000;

export function beginFlattening(context: StepContext, controlId: string, scope: string, reason: string): void {
  const { risk, symbols } = context.state;
  const asked = scope === ALL_SYMBOLS ? [...symbols.keys()] : [scope];
  const before = risk.flattening;
  if (before !== null) risk.answer(before.scope, before.controlId, 'gave_up');
  halt(context, scope, reason, 'flatten');
  risk.flattening = { controlId, scope, symbols: asked, rounds: {}, gaveUp: false };
  risk.answer(scope, controlId, 'closing');
}

/** Takes the next step of a flattening that is under way. */
export function carryOnFlattening(context: StepContext, gate: RiskGate): void {
  const { risk } = context.state;
  if (risk.flattening === null) return;
  for (const symbol of risk.flattening.symbols) {
    const outcome = closeSymbol(context, gate, symbol);
    if (outcome === 'waits') continue;
    const now: Flattening = risk.flattening;
    const symbols = now.symbols.filter((one) => one !== symbol);
    risk.flattening = { ...now, symbols, gaveUp: now.gaveUp || outcome === 'gave_up' };
  }
  const { controlId, gaveUp, scope, symbols } = risk.flattening;
  if (symbols.length > 0) return;
  risk.flattening = null;
  risk.answer(scope, controlId, gaveUp ? 'gave_up' : 'done');
}

function closeSymbol(context: StepContext, gate: RiskGate, symbol: string): 'waits' | 'done' | 'gave_up' {
  const { orders, risk } = context.state;
  const { flattening } = risk;
  if (flattening === null) return 'done';
  const signalId = `${flattening.controlId}:${symbol}`;
  const unsettled = orders.unsettled(symbol);
  for (const tracked of unsettled) {
    if (tracked.order.terms.signalId !== signalId) cancelOrder(context, tracked, 'flatten');
  }
  // What is there to close is known when the books agree and nothing moves any more.
  if (orders.unsettled(symbol).length > 0 || symbolState(context, symbol)?.reconciled !== true) return 'waits';
  const legs = legsOf(context, symbol);
  if (legs.length === 0) return 'done';

  const { count = 0, lastWallTs = 0 } = flattening.rounds[symbol] ?? {};
  if (context.at.wallTs - lastWallTs < BETWEEN_ROUNDS_MS && count > 0) return 'waits';
  if (count >= MOST_ROUNDS) {
    alarm(context, symbol, `${symbol} could not be flattened in ${MOST_ROUNDS} rounds; close the rest by hand.`);
    return 'gave_up';
  }
  const rounds = { ...flattening.rounds, [symbol]: { count: count + 1, lastWallTs: context.at.wallTs } };
  risk.flattening = { ...flattening, rounds };
  return close(context, gate, symbol, signalId, count, legs) ? 'waits' : 'gave_up';
}

interface Leg {
  readonly strategy: string;
  readonly side: Side;
  readonly size: Decimal;
  readonly positionId?: string;
}

/** False when the gate lets nothing of it pass, which it says why. */
function close(
  context: StepContext,
  gate: RiskGate,
  symbol: string,
  signalId: string,
  round: number,
  legs: readonly Leg[],
): boolean {
  const { config, state, at, out } = context;
  const terms = legs.map(
    (leg, index): OrderTerms => ({
      clientOrderId: clientOrderId(signalId, round * ROUND + index, 0),
      exchange: config.exchange,
      symbol,
      signalId,
      leg: round * ROUND + index,
      effect: 'close',
      purpose: 'flatten',
      type: 'market',
      timeInForce: 'ioc',
      createdTs: at.marketTs,
      ...leg,
    }),
  );
  const about = { signalId, symbol, strategy: 'operator', action: 'exit', signalTs: at.marketTs } as const;
  const intent = { ...about, confidence: null, priceRef: null, orders: terms };
  const verdict = gate.review(intent, riskView(context, intent, false));
  const { approved, inputs } = verdict;
  out.verdicts.push({
    signalId,
    approved,
    ...(verdict.approved ? {} : { code: verdict.code, message: verdict.message }),
    inputs,
    ts: at.marketTs,
  });
  if (!verdict.approved) {
    alarm(context, symbol, `${symbol} cannot be flattened: ${verdict.message}`);
    return false;
  }
  for (const order of verdict.orders) publishOrder(context, state.orders.add(order, at.marketTs));
  wantSweep(context, symbol);
  return true;
}

/** What of ours is open, and can be closed. */
function legsOf({ instruments, state: { ledger } }: StepContext, symbol: string): readonly Leg[] {
  const instrument = instruments.get(symbol);
  if (instrument === undefined) return [];
  if (instrument.kind === 'leverage') {
    return ledger
      .lots(symbol)
      .filter(({ strategy }) => strategy !== EXTERNAL)
      .flatMap(({ positionId, side, size, strategy }) =>
        ordersOf(instrument, size).map(
          (part): Leg => ({ strategy, positionId, side: side === 'buy' ? 'sell' : 'buy', size: part }),
        ),
      );
  }
  return [...ledger.grossByStrategy(symbol).keys()].flatMap((strategy) =>
    ordersOf(instrument, sellable(instrument, ledger.size(strategy, symbol))).map(
      (size): Leg => ({ strategy, side: 'sell', size }),
    ),
  );
}
