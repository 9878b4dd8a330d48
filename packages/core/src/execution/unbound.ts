import { ALL_SYMBOLS } from '../events/status.js';
import type { ExchangeFill, ExchangeOrder, ExchangePosition } from '../exchange/broker.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import type { UnboundOrder } from './executor-state.js';
import { couldBe, type SendWindow } from './in-doubt.js';
import { applyReport, bindOrder, bookExternalFill, bookFill } from './order-desk.js';
import { alarm, halt, marketSpeed, rememberedSince, type StepContext, symbolState, wantSweep } from './step-context.js';

/**
 * News about order ids that no answer has named. While a placement of the symbol is unanswered they wait (a fill can come
 * before the answer to its order); after that, they are not ours.
 */

export function onOrderUpdate(context: StepContext, order: ExchangeOrder): void {
  const tracked = context.state.orders.byExchangeId(order.exchangeOrderId);
  if (tracked !== undefined) {
    applyReport(context, tracked, order);
    return;
  }
  if (isStranger(context, order.symbol, order.exchangeOrderId)) return;
  keepOrder(context, order);
  judgeUnbound(context, order.symbol);
}

export function onFillUpdate(context: StepContext, fill: ExchangeFill): void {
  const tracked = context.state.orders.byExchangeId(fill.exchangeOrderId);
  if (tracked !== undefined) {
    bookFill(context, tracked, fill);
    return;
  }
  if (isStranger(context, fill.symbol, fill.exchangeOrderId)) return;
  keepFill(context, fill);
  judgeUnbound(context, fill.symbol);
}

/** Fills tell what became of a lot; the lot itself only tells that something may have been missed. */
export function onPositionUpdate(context: StepContext, position: ExchangePosition): void {
  const lot = context.state.ledger.lot(position.symbol, position.positionId);
  const agrees = lot === undefined ? position.size.isZero() : lot.size.eq(position.size);
  if (!agrees) wantSweep(context, position.symbol);
}

export function keepOrder(context: StepContext, order: ExchangeOrder): void {
  if (context.state.external.has(order.exchangeOrderId)) return;
  const frames = framesOf(context, order.exchangeOrderId, order.symbol);
  // Frames may come out of order: an end is not undone by an earlier state.
  if (frames.order === null || frames.order.state === 'working' || order.state !== 'working') frames.order = order;
}

export function keepFill(context: StepContext, fill: ExchangeFill): void {
  if (context.state.external.has(fill.executionId)) return;
  const frames = framesOf(context, fill.exchangeOrderId, fill.symbol);
  if (!frames.fills.some(({ executionId }) => executionId === fill.executionId)) frames.fills.push(fill);
}

/** Deals with kept frames once no placement of the symbol can be behind them. `swept`: a sweep has just shown what it could of them. */
export function judgeUnbound(context: StepContext, symbol: string, swept = false): void {
  const { state } = context;
  if (state.orders.unanswered(symbol) !== undefined) return;
  for (const [exchangeOrderId, frames] of [...state.unbound]) {
    if (frames.symbol !== symbol) continue;
    const ours = voidedMatch(context, frames);
    if (ours !== undefined) {
      bindOrder(context, ours, exchangeOrderId);
      continue;
    }
    if (frames.order === null && mayBeVoided(context, frames)) {
      // Its order is read by the next sweep, which names this id.
      wantSweep(context, symbol);
      continue;
    }
    if (frames.order === null && !swept && closesOurs(context, frames)) {
      for (const fill of frames.fills) bookExternalFill(context, fill);
      wantSweep(context, symbol);
      continue;
    }
    state.unbound.delete(exchangeOrderId);
    takeAsExternal(context, exchangeOrderId, frames);
  }
}

/** The stretch of market time in which an order sent at `sentTs` may have been taken. */
export function sendWindow(context: StepContext, sentTs: number): SendWindow {
  const speed = marketSpeed(context);
  return {
    fromTs: sentTs - TOLERANCE_MS * speed,
    toTs: sentTs + (context.config.inDoubtHorizonMs + TOLERANCE_MS) * speed,
  };
}

/** How far our estimate of the exchange's clock may be off, wall milliseconds. */
export const TOLERANCE_MS = 2_000;

/** An order that was proved to have had no effect, and had one. */
function voidedMatch(context: StepContext, frames: UnboundOrder): TrackedOrder | undefined {
  const { order: candidate, symbol } = frames;
  // An old one may be an order of ours that was done long ago and is forgotten.
  if (candidate === null || isOld(context, symbol, candidate.orderTs)) return undefined;
  const matches = context.state.orders.all(symbol).filter((tracked) => {
    const { order } = tracked;
    if (order.status !== 'VOID' || order.exchangeOrderId !== undefined || tracked.sentTs === null) return false;
    return couldBe(order.terms, candidate, sendWindow(context, tracked.sentTs), kindOf(context, symbol));
  });
  return matches.length === 1 ? matches[0] : undefined;
}

/** Fills alone do not tell which order they belong to; a voided order of their side may be behind them. */
function mayBeVoided(context: StepContext, frames: UnboundOrder): boolean {
  return context.state.orders
    .all(frames.symbol)
    .some(
      ({ order, sentTs }) =>
        order.status === 'VOID' &&
        order.exchangeOrderId === undefined &&
        frames.fills.some(
          (fill) =>
            sentTs !== null &&
            fill.side === order.terms.side &&
            fill.ts >= sentTs - TOLERANCE_MS &&
            !isOld(context, frames.symbol, fill.ts),
        ),
    );
}

/** Somebody closes a lot of ours: by hand, or the exchange by force, which only the order tells. */
function closesOurs(context: StepContext, { fills, symbol }: UnboundOrder): boolean {
  return fills.some(
    ({ effect, executionId, positionId = '', ts }) =>
      effect === 'close' &&
      !isOld(context, symbol, ts) &&
      (context.state.external.has(executionId) || context.state.ledger.lot(symbol, positionId) !== undefined),
  );
}

export function kindOf(context: StepContext, symbol: string): 'spot' | 'leverage' {
  return context.instruments.get(symbol)?.kind ?? 'leverage';
}

function takeAsExternal(context: StepContext, exchangeOrderId: string, frames: UnboundOrder): void {
  const { state, config, out } = context;
  const { symbol, order } = frames;
  const fills = frames.fills.filter((fill) => !isOld(context, symbol, fill.ts));
  const news =
    fills.length > 0 || order?.state === 'working' || (order !== null && !isOld(context, symbol, order.orderTs));
  if (!news) return;
  for (const fill of fills) bookExternalFill(context, fill);
  if (state.external.has(exchangeOrderId)) return;
  state.external.set(exchangeOrderId, context.at.marketTs);
  if (order?.forced === true) {
    const why = order.reason === undefined ? '' : ` (${order.reason})`;
    const message = `The exchange closes ${order.size} ${symbol} by force${why}, by its order ${exchangeOrderId}. It is booked to the owners of the lots: look at the margin.`;
    alarm(context, symbol, message);
    return;
  }
  const sentence = `Order ${exchangeOrderId} on ${symbol} at the exchange is not one of ours.`;
  if (config.exclusive) {
    haltAccount(context, symbol, sentence);
    return;
  }
  out.notices.push({ kind: 'repaired', symbol, what: `${sentence} Its fills are booked as external.` });
}

/** True for news of a symbol that is not traded here: on an exclusive account somebody else is at work. */
function isStranger(context: StepContext, symbol: string, exchangeOrderId: string): boolean {
  if (symbolState(context, symbol) !== undefined) return false;
  if (context.config.exclusive && !context.state.external.has(exchangeOrderId)) {
    context.state.external.set(exchangeOrderId, context.at.marketTs);
    haltAccount(context, symbol, `Order ${exchangeOrderId} on ${symbol} at the exchange is not one of ours.`);
  }
  return true;
}

function haltAccount(context: StepContext, symbol: string, sentence: string): void {
  alarm(context, symbol, sentence);
  const reason = `${sentence} The account is declared exclusive: find out who trades it, then send resume.`;
  halt(context, ALL_SYMBOLS, reason, 'foreign_order');
}

function framesOf(context: StepContext, exchangeOrderId: string, symbol: string): UnboundOrder {
  const known = context.state.unbound.get(exchangeOrderId);
  if (known !== undefined) return known;
  const frames: UnboundOrder = { symbol, order: null, fills: [] };
  context.state.unbound.set(exchangeOrderId, frames);
  return frames;
}

/** From before these books began, or from so long ago that its ids are forgotten. */
function isOld(context: StepContext, symbol: string, ts: number): boolean {
  const state = symbolState(context, symbol);
  return state === undefined || ts < Math.max(state.begunTs ?? context.at.marketTs, rememberedSince(context, state));
}
