import { Decimal } from '../decimal/decimal.js';
import type { ControlEvent } from '../events/control.js';
import { EXTERNAL } from '../ledger/ledger.js';
import { type Difference, differenceKey } from './compare-books.js';
import type { SymbolSweep } from './executor-types.js';
import { applyReport } from './order-desk.js';
import { type StepContext, wantSweep } from './step-context.js';

/** How long an operator's word holds, wall milliseconds: what has not shown again by then is another difference. */
const HOLDS_MS = 60_000;

/** Compares at once, and takes over the exchange's view of the differences that are named and still there. */
export function onReconcile(context: StepContext, { accept = [] }: ControlEvent): void {
  const { state, at } = context;
  for (const [key, since] of state.accepted) if (at.wallTs - since > HOLDS_MS) state.accepted.delete(key);
  for (const key of accept) state.accepted.set(key, at.wallTs);
  for (const symbol of state.symbols.keys()) wantSweep(context, symbol);
  state.account.wanted = 'now';
}

/** True once for a difference that an operator accepted. */
export function isAccepted({ state, at }: StepContext, difference: Difference): boolean {
  const key = differenceKey(difference);
  const since = state.accepted.get(key);
  if (since === undefined || at.wallTs - since > HOLDS_MS) return false;
  state.accepted.delete(key);
  return true;
}

/** Takes over what the exchange shows of one difference, if it was accepted. What it earned or lost nobody can tell any more. */
export function takeAccepted(context: StepContext, difference: Difference, sweep: SymbolSweep): boolean {
  if (!isAccepted(context, difference)) return false;
  const { subject, what, message } = difference;
  const id = what.slice(what.indexOf(' ') + 1);
  if (subject === 'lot') takeLot(context, id, sweep);
  else if (subject === 'fills') context.state.ledger.forgetEarlyClose(id);
  else if (subject === 'order') takeOrder(context, id, sweep);
  context.out.notices.push({ kind: 'repaired', symbol: sweep.symbol, what: `An operator accepted: ${message}` });
  return true;
}

function takeLot(context: StepContext, positionId: string, { symbol, positions }: SymbolSweep): void {
  const { config, out, state } = context;
  const { ledger } = state;
  const theirs = positions.find((position) => position.positionId === positionId);
  const ours = ledger.lot(symbol, positionId);
  if (ours !== undefined) {
    ledger.resize(symbol, positionId, theirs?.side === ours.side ? theirs.size : Decimal.zero);
    out.position(ledger.position(config.exchange, ours.strategy, symbol));
  }
  if (theirs !== undefined && theirs.side !== ours?.side) ledger.adopt({ ...theirs, strategy: EXTERNAL });
}

/** An order the exchange shows no more ends; one whose fills it shows no more is as far as the books say. */
function takeOrder(context: StepContext, exchangeOrderId: string, sweep: SymbolSweep): void {
  const tracked = context.state.orders.byExchangeId(exchangeOrderId);
  if (tracked === undefined) return;
  const { terms, filledSize } = tracked.order;
  const theirs = [...sweep.openOrders, ...sweep.orders].find((order) => order.exchangeOrderId === exchangeOrderId);
  tracked.reportedSize = filledSize;
  if (theirs !== undefined) return;
  const { symbol, side, effect, type, timeInForce, size } = terms;
  const reason = 'the exchange shows it no more; an operator accepted that';
  const gone = {
    exchangeOrderId,
    symbol,
    side,
    effect,
    type,
    timeInForce,
    size,
    filledSize,
    state: 'canceled',
    reason,
  } as const;
  applyReport(context, tracked, { ...gone, orderTs: terms.createdTs });
}
