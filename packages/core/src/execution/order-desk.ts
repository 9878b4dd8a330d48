import { Decimal } from '../decimal/decimal.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { ExchangeFill, ExchangeOrder } from '../exchange/broker.js';
import { EXTERNAL } from '../ledger/ledger.js';
import { filled, reported, submitted } from '../orders/advance.js';
import { clientOrderId } from '../orders/client-order-id.js';
import type { ClientOrderId, ExchangeOrderId, OrderTerms } from '../orders/order.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import { isFinal } from '../orders/transitions.js';
import { watchEquity, watchResult } from './equity-watch.js';
import { takePrice } from './order-changes.js';
import { nameSuccessor } from './policies/successor.js';
import { guardFill } from './protection/guard-fill.js';
import { finish, publishExternalClose, publishOrder } from './publish-order.js';
import { alarm, halt, type StepContext, symbolState, trackedOf, wantSweep } from './step-context.js';

/** What becomes of our own orders: the loop's answers and the exchange's news, applied to the books and told. */

export function onSubmitting(context: StepContext, id: ClientOrderId): void {
  const tracked = trackedOf(context, id);
  const { order } = tracked;
  if (order.status !== 'PENDING') {
    // The loop must stop here: what is not PENDING was sent already, or must not be.
    throw new AlphaError('UNEXPECTED', `Order ${id} is ${order.status}; only a PENDING order may be sent.`, {
      context: { clientOrderId: id, status: order.status },
    });
  }
  const symbol = symbolState(context, order.terms.symbol);
  if (symbol !== undefined) symbol.offered = null;
  tracked.order = submitted(order, context.at);
  tracked.sentTs = context.at.marketTs;
  publishOrder(context, tracked);
}

export function onAccepted(context: StepContext, id: ClientOrderId, exchangeOrderId: ExchangeOrderId): void {
  const tracked = trackedOf(context, id);
  const { order } = tracked;
  const known = 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
  if (known === exchangeOrderId) return;
  answered(context, order.terms.symbol);
  if (known !== undefined) {
    const message = `The exchange names order ${id} ${exchangeOrderId}, the books say ${known}.`;
    alarm(context, order.terms.symbol, message);
    halt(context, order.terms.symbol, message);
    return;
  }
  bindOrder(context, tracked, exchangeOrderId);
}

export function onRefused(context: StepContext, id: ClientOrderId, code: string, message: string): void {
  const tracked = trackedOf(context, id);
  const { symbol } = tracked.order.terms;
  answered(context, symbol);
  finish(context, tracked, 'REJECTED', `${code}: ${message}`);
}

export function onUnanswered(context: StepContext, id: ClientOrderId, message: string): void {
  const tracked = trackedOf(context, id);
  const { order } = tracked;
  if (order.status !== 'SUBMITTED' || order.request === 'place_in_doubt') return;
  tracked.order = { ...order, request: 'place_in_doubt' };
  publishOrder(context, tracked);
  const { symbol } = order.terms;
  alarm(context, symbol, `Order ${id} is in doubt: ${message}`);
  wantSweep(context, symbol);
}

/** Ties an order to the exchange's id and applies the frames that came before the answer. */
export function bindOrder(context: StepContext, tracked: TrackedOrder, exchangeOrderId: ExchangeOrderId): void {
  const { orders, unbound } = context.state;
  const before = tracked.order;
  orders.bind(tracked, exchangeOrderId, context.at.marketTs);
  tracked.emptySweeps = 0;
  tracked.unresolvable = null;
  tracked.restingSince = context.at.marketTs;
  if (tracked.order !== before) publishOrder(context, tracked);
  if (isFinal(before.status)) {
    const { symbol } = before.terms;
    const reason = `Order ${before.terms.clientOrderId} is ${before.status} in the books, and the exchange has it as ${exchangeOrderId}.`;
    alarm(context, symbol, reason);
    halt(context, symbol, reason);
  }
  const frames = unbound.get(exchangeOrderId);
  unbound.delete(exchangeOrderId);
  if (frames === undefined) return;
  for (const fill of frames.fills) bookFill(context, tracked, fill);
  if (frames.order !== null) applyReport(context, tracked, frames.order);
}

/** Applies what the exchange shows of one of our orders; late and repeated news changes nothing. `begunWallTs`: it was read by a sweep. */
export function applyReport(
  context: StepContext,
  tracked: TrackedOrder,
  report: ExchangeOrder,
  begunWallTs?: number,
): void {
  if (report.state === 'working') takePrice(context, tracked, report, begunWallTs);
  tracked.reportedSize = Decimal.max(tracked.reportedSize, report.filledSize);
  context.state.exposures.touch(tracked.order.terms.symbol);
  const before = tracked.order;
  tracked.order = reported(before, report, context.at.marketTs);
  if (tracked.order !== before) {
    nameSuccessor(context, tracked);
    if (tracked.endedWallTs !== null) wantSweep(context, before.terms.symbol);
    publishOrder(context, tracked);
  }
  if (tracked.reportedSize.gt(tracked.order.filledSize)) wantSweep(context, before.terms.symbol);
}

/** Books a fill of one of our orders once. Returns false when it was booked before. */
export function bookFill(context: StepContext, tracked: TrackedOrder, fill: ExchangeFill): boolean {
  if (tracked.executionIds.includes(fill.executionId)) return false;
  const { status, terms } = tracked.order;
  tracked.executionIds.push(fill.executionId);
  tracked.notional = tracked.notional.plus(fill.price.times(fill.size));
  tracked.order = filled(tracked.order, fill, tracked.notional, context.at.marketTs);
  enterLedger(context, fill, terms);
  guardFill(context, tracked, fill);
  publishOrder(context, tracked, fill);
  if (status === 'REJECTED' || status === 'VOID') {
    const reason = `Order ${terms.clientOrderId} was ${status} and was filled all the same (execution ${fill.executionId}).`;
    alarm(context, terms.symbol, reason);
    halt(context, terms.symbol, reason);
  }
  if (tracked.order.filledSize.gt(terms.size)) {
    const over = tracked.order.filledSize.minus(terms.size);
    alarm(context, terms.symbol, `Order ${terms.clientOrderId} was filled ${over} beyond its size of ${terms.size}.`);
  }
  return true;
}

/** Books a fill that no order of ours explains. */
export function bookExternalFill(context: StepContext, fill: ExchangeFill): void {
  if (context.state.external.has(fill.executionId)) return;
  context.state.external.set(fill.executionId, fill.ts);
  // A trade of its own: a liquidation closes what several signals opened.
  const owners = enterLedger(context, fill, {
    strategy: EXTERNAL,
    clientOrderId: null,
    signalId: fill.exchangeOrderId,
  });
  for (const owner of owners) if (owner !== EXTERNAL) publishExternalClose(context, fill, owner);
}

/** Placements of one leg without effect, before it is given up. A wire that eats every order must end somewhere. */
const MAX_PLACEMENTS = 3;

/**
 * A placement that was proved to have had no effect leaves its signal undone: the same leg is recorded once more as an order
 * of its own, which passes the gate again before it leaves. So a crash between `SUBMITTED` and the first byte changes nothing.
 */
export function placeAgain(context: StepContext, tracked: TrackedOrder, proof: string): void {
  const { orders } = context.state;
  const { terms } = tracked.order;
  const lost = orders.all(terms.symbol).filter(({ order }) => order.status === 'VOID' && isLeg(order.terms, terms));
  if (lost.length + 1 >= MAX_PLACEMENTS) {
    finish(context, tracked, 'VOID', proof);
    return;
  }
  const next = {
    ...terms,
    clientOrderId: clientOrderId(terms.signalId, terms.leg, tracked.number + 1),
    createdTs: context.at.marketTs,
  };
  tracked.replacedBy = next.clientOrderId;
  finish(context, tracked, 'VOID', proof);
  const { number, protect, reprices } = tracked;
  publishOrder(context, orders.add(next, tracked.signalTs, { number: number + 1, protect, reprices }));
}

function isLeg(one: OrderTerms, other: OrderTerms): boolean {
  return one.signalId === other.signalId && one.leg === other.leg;
}

function enterLedger(
  context: StepContext,
  fill: ExchangeFill,
  terms: { readonly strategy: string; readonly clientOrderId: ClientOrderId | null; readonly signalId: string },
): readonly string[] {
  const { config, instruments, state, out } = context;
  const kind = instruments.get(fill.symbol)?.kind ?? 'leverage';
  state.account.bookedWallTs = context.at.wallTs;
  const before = state.ledger.realizedPnl(fill.symbol);
  const owners = state.ledger.book(kind, fill, terms.strategy);
  const [owner = terms.strategy] = owners;
  out.fills.push({ fill, clientOrderId: terms.clientOrderId, strategy: owner });
  for (const one of owners) out.position(state.ledger.position(config.exchange, one, fill.symbol));
  state.exposures.touch(fill.symbol);
  if (fill.effect === 'close' && owner !== EXTERNAL) {
    watchResult(context, fill, terms.signalId, state.ledger.realizedPnl(fill.symbol).minus(before));
  }
  watchEquity(context, 'fill');
  return owners;
}

function answered(context: StepContext, symbol: string): void {
  const state = symbolState(context, symbol);
  if (state !== undefined) state.answeredWallTs = context.at.wallTs;
}
