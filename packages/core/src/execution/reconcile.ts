import type { ExchangeFill, ExchangeOrder, ExchangePosition } from '../exchange/broker.js';
import { EXTERNAL } from '../ledger/ledger.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import { isFinal } from '../orders/transitions.js';
import { takeAccepted } from './accepted.js';
import { type Difference, difference, lotDifferences, NOTHING } from './compare-books.js';
import type { SymbolState } from './executor-state.js';
import type { SymbolSweep } from './executor-types.js';
import { couldBe } from './in-doubt.js';
import { applyReport, bindOrder, bookFill, placeAgain } from './order-desk.js';
import { alarm, halt, type StepContext, symbolState, wantSweep } from './step-context.js';
import { judgeUnbound, keepFill, keepOrder, kindOf, sendWindow } from './unbound.js';

/** GMO Coin shows executions of one day; an order in doubt for longer cannot be proved to have had no effect. Market time. */
const VISIBLE_MS = 86_400_000;

/** Sweeps that may differ in a row before it is an alarm: fills on their way explain a few. */
const PATIENCE = { quiet: 2, busy: 4 };

/**
 * Makes the books of a symbol agree with what the exchange showed: repairs what it proves (missed fills, finished orders,
 * placements in doubt), reports what it cannot explain, and lets trading begin only when both agree.
 */
export function onSweep(context: StepContext, sweep: SymbolSweep): void {
  const symbol = symbolState(context, sweep.symbol);
  if (symbol === undefined) return;
  symbol.sweepOut = false;
  context.state.exposures.touch(sweep.symbol);
  symbol.sweptWallTs = sweep.begun.wallTs;

  const seen = [...sweep.openOrders, ...sweep.orders].filter((order) => order.symbol === sweep.symbol);
  takeOrders(context, seen, sweep.begun.wallTs);
  takeFills(context, sweep);
  resolveInDoubt(context, sweep);
  judgeUnbound(context, sweep.symbol, true);
  compare(context, symbol, sweep);
}

function takeOrders(context: StepContext, seen: readonly ExchangeOrder[], begunWallTs: number): void {
  for (const order of seen) {
    const tracked = context.state.orders.byExchangeId(order.exchangeOrderId);
    if (tracked === undefined) {
      keepOrder(context, order);
      continue;
    }
    const before = tracked.order.status;
    applyReport(context, tracked, order, begunWallTs);
    if (tracked.order.status !== before) repaired(context, tracked, `is ${tracked.order.status}`);
  }
}

function takeFills(context: StepContext, sweep: SymbolSweep): void {
  for (const fill of sweep.fills) {
    if (fill.symbol !== sweep.symbol) continue;
    const tracked = context.state.orders.byExchangeId(fill.exchangeOrderId);
    if (tracked === undefined) keepFill(context, fill);
    else if (bookFill(context, tracked, fill)) repaired(context, tracked, `had a fill of ${fill.size} that was missed`);
  }
}

/** Design: one match binds; none in two sweeps, the last begun a horizon after sending, is VOID; anything else halts. */
function resolveInDoubt(context: StepContext, sweep: SymbolSweep): void {
  const { state, config } = context;
  const tracked = state.orders.unanswered(sweep.symbol);
  if (tracked === undefined) return;
  const { order } = tracked;
  if (order.status !== 'SUBMITTED' || order.request !== 'place_in_doubt') return;
  if (sweep.begun.wallTs < order.sentWallTs) {
    wantSweep(context, sweep.symbol);
    return;
  }

  const window = sendWindow(context, order.sentTs);
  const kind = kindOf(context, sweep.symbol);
  const matches = [...state.unbound.values()]
    .map((frames) => frames.order)
    .filter((candidate): candidate is ExchangeOrder => candidate !== null)
    .filter((candidate) => couldBe(order.terms, candidate, window, kind));

  const [match] = matches;
  if (match !== undefined && matches.length === 1) {
    const known = symbolState(context, sweep.symbol);
    if (known !== undefined) known.answeredWallTs = context.at.wallTs;
    bindOrder(context, tracked, match.exchangeOrderId);
    repaired(context, tracked, `was in doubt and is order ${match.exchangeOrderId} of the exchange`);
    return;
  }
  if (matches.length > 1) {
    const ids = matches.map(({ exchangeOrderId }) => exchangeOrderId).join(', ');
    giveUp(context, tracked, `it could be any of the orders ${ids}`);
    return;
  }
  // A fill whose order could not be read yet may be ours: no proof of absence.
  if ([...state.unbound.values()].some((frames) => frames.symbol === sweep.symbol && frames.order === null)) return;
  if (sweep.begun.marketTs - order.sentTs > VISIBLE_MS) {
    giveUp(context, tracked, 'it was sent more than a day ago, which is all the exchange shows');
    return;
  }
  tracked.emptySweeps += 1;
  if (tracked.emptySweeps < 2 || sweep.begun.wallTs < order.sentWallTs + config.inDoubtHorizonMs) return;
  const proof = `No trace of it in ${tracked.emptySweeps} sweeps, the last ${sweep.begun.wallTs - order.sentWallTs} ms after sending.`;
  placeAgain(context, tracked, proof);
  context.out.notices.push({
    kind: 'repaired',
    symbol: sweep.symbol,
    what: `Order ${order.terms.clientOrderId} was in doubt and had no effect. ${proof}`,
  });
}

function giveUp(context: StepContext, tracked: TrackedOrder, why: string): void {
  const { clientOrderId, symbol } = tracked.order.terms;
  const reason = `Order ${clientOrderId} stays in doubt: ${why}. Look at the exchange's order list, then send resume to void it.`;
  if (tracked.unresolvable === null) alarm(context, symbol, reason);
  tracked.unresolvable = reason;
  halt(context, symbol, reason, 'order_unresolved');
}

/**
 * Agreement counts whenever it is seen. A difference counts only when nothing was moving: no placement unanswered, none
 * answered since the sweep began, and not just once, because a fill may be on its way.
 */
function compare(context: StepContext, symbol: SymbolState, sweep: SymbolSweep): void {
  const { state, instruments, out } = context;
  if (state.orders.unanswered(sweep.symbol) !== undefined) return;
  if (instruments.get(sweep.symbol)?.kind === 'leverage') adoptExternalLots(context, symbol, sweep.positions);
  const differences = [
    ...lotDifferences(state.ledger.lots(sweep.symbol), sweep.positions),
    ...state.ledger.earlyCloses(sweep.symbol).map(earlyClose),
    ...unseenOrders(context, sweep),
  ].filter((found) => !takeAccepted(context, found, sweep));
  if (differences.length === 0) {
    symbol.mismatches = 0;
    symbol.lastAlarm = null;
    symbol.agreedTs = sweep.begun.marketTs;
    if (!symbol.reconciled) out.notices.push({ kind: 'reconciled', symbol: sweep.symbol });
    symbol.reconciled = true;
    return;
  }
  if (symbol.answeredWallTs !== null && sweep.begun.wallTs <= symbol.answeredWallTs) {
    wantSweep(context, sweep.symbol);
    return;
  }
  symbol.mismatches += 1;
  symbol.sweepWanted = true;
  const quiet = state.orders
    .all(sweep.symbol)
    .every(({ order }) => isFinal(order.status) && order.updatedTs < sweep.begun.marketTs);
  if (symbol.mismatches < (quiet ? PATIENCE.quiet : PATIENCE.busy)) return;
  symbol.reconciled = false;
  const words = `The books of ${sweep.symbol} differ from the exchange. ${differences.map(({ message }) => message).join(' ')} Nothing is opened or closed until they agree.`;
  if (symbol.lastAlarm !== words) alarm(context, sweep.symbol, words);
  symbol.lastAlarm = words;
}

function earlyClose({ executionId, positionId = '', side, size }: ExchangeFill): Difference {
  const words = `execution ${executionId} closed a lot ${positionId} that the books never saw opened`;
  return difference('fills', `execution ${executionId}`, NOTHING, `${side} ${size}`, words);
}

/** Working orders of ours that the exchange no longer lists, and cannot say what became of. */
function unseenOrders(context: StepContext, sweep: SymbolSweep): readonly Difference[] {
  const shown = new Set([...sweep.openOrders, ...sweep.orders].map(({ exchangeOrderId }) => exchangeOrderId));
  const missing: Difference[] = [];
  for (const { order, reportedSize } of context.state.orders.unsettled(sweep.symbol)) {
    if (!('exchangeOrderId' in order) || order.exchangeOrderId === undefined) continue;
    const what = `order ${order.exchangeOrderId}`;
    const differ = (ours: string, theirs: string, words: string) =>
      missing.push(difference('order', what, ours, theirs, `${what} is ${words}`));
    if (!shown.has(order.exchangeOrderId)) {
      differ(order.status, NOTHING, `${order.status} here and not open there`);
    } else if (reportedSize.gt(order.filledSize)) {
      const words = `filled ${order.filledSize} here and ${reportedSize} there`;
      differ(`filled ${order.filledSize}`, `filled ${reportedSize}`, words);
    }
  }
  return missing;
}

/** Lots from before these books: somebody else's on a shared account; on an exclusive one they are a difference. */
function adoptExternalLots(context: StepContext, symbol: SymbolState, positions: readonly ExchangePosition[]): void {
  if (context.config.exclusive || symbol.agreedTs !== null) return;
  const known = new Set(context.state.ledger.lots().map(({ positionId }) => positionId));
  for (const position of positions) {
    if (known.has(position.positionId) || position.openedTs >= (symbol.begunTs ?? 0)) continue;
    context.state.ledger.adopt({ ...position, strategy: EXTERNAL });
    context.state.exposures.touch(position.symbol);
    const what = `Lot ${position.positionId} was open before the books began and is taken over as external.`;
    context.out.notices.push({ kind: 'repaired', symbol: position.symbol, what });
  }
}

function repaired(context: StepContext, tracked: TrackedOrder, what: string): void {
  const { symbol, clientOrderId } = tracked.order.terms;
  context.out.notices.push({ kind: 'repaired', symbol, what: `Order ${clientOrderId} ${what}.` });
}
