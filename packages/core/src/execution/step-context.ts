import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { ExchangeFill } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import type { ExecutorState, Mark, SymbolState } from './executor-state.js';
import type { ExecutorConfig, StepTime } from './executor-types.js';
import type { StepOutput } from './step-output.js';

/** What every part of a step works on: the state it may change, and where it says what must be done. */
export interface StepContext {
  readonly config: ExecutorConfig;
  readonly instruments: ReadonlyMap<string, Instrument>;
  readonly state: ExecutorState;
  readonly out: StepOutput;
  readonly at: StepTime;
}

export function symbolState(context: StepContext, symbol: string): SymbolState | undefined {
  return context.state.symbols.get(symbol);
}

/** Records an order's new state and tells it on `order:<exchange>`. */
export function publishOrder(context: StepContext, tracked: TrackedOrder, fill?: ExchangeFill): void {
  const { order } = tracked;
  const { terms } = order;
  tracked.events += 1;
  context.out.order(order);
  context.out.events.push({
    type: 'order',
    exchange: terms.exchange,
    symbol: terms.symbol,
    ts: fill?.ts ?? context.at.marketTs,
    seq: nextSeq(context, terms.symbol, 'order'),
    id: `${terms.clientOrderId}:${tracked.events}`,
    data: orderData(tracked, fill),
  });
}

/** Events of a symbol count 1, 2, 3 … per type. */
export function nextSeq(context: StepContext, symbol: string, type: OrderEvent['type'] | DenialEvent['type']): number {
  const key = `${symbol} ${type}`;
  const seq = (context.state.seq.get(key) ?? 0) + 1;
  context.state.seq.set(key, seq);
  return seq;
}

/** Stops openings on a symbol until an operator resumes. Said once. */
export function halt(context: StepContext, symbol: string, reason: string): void {
  const state = symbolState(context, symbol);
  if (state === undefined || state.halt !== null) return;
  state.halt = reason;
  context.out.notices.push({ kind: 'halted', symbol, reason });
}

export function alarm(context: StepContext, symbol: string, message: string): void {
  context.out.notices.push({ kind: 'alarm', symbol, message });
}

/** Market milliseconds per wall millisecond, as seen since this process began; 1 at a real exchange. */
export function marketSpeed(context: StepContext): number {
  const { first } = context.state;
  const wall = first === null ? 0 : context.at.wallTs - first.wallTs;
  if (first === null || wall < 100) return 1;
  return Math.max(1, (context.at.marketTs - first.marketTs) / wall);
}

/** Middle of the best quotes. */
export function midPrice(mark: Mark): Decimal {
  return Decimal.of(mark.bid).plus(mark.ask).dividedBy(2);
}

function orderData({ order, replacedBy }: TrackedOrder, fill: ExchangeFill | undefined): OrderEvent['data'] {
  const { terms } = order;
  const exchangeOrderId = 'exchangeOrderId' in order ? order.exchangeOrderId : undefined;
  const averagePrice = 'averagePrice' in order ? order.averagePrice : undefined;
  return {
    client_order_id: terms.clientOrderId,
    ...(exchangeOrderId === undefined ? {} : { exchange_order_id: exchangeOrderId }),
    signal_id: terms.signalId,
    strategy: terms.strategy,
    status: order.status,
    request: order.request,
    side: terms.side,
    effect: terms.effect,
    order_type: terms.type,
    size: terms.size.toString(),
    ...(terms.price === undefined ? {} : { price: terms.price.toString() }),
    filled_size: order.filledSize.toString(),
    ...(averagePrice === undefined ? {} : { average_price: averagePrice.toString() }),
    ...(replacedBy === null ? {} : { replaced_by: replacedBy }),
    ...('reason' in order ? { reason: order.reason } : {}),
    ...(fill === undefined ? {} : { fill: fillData(fill) }),
  };
}

function fillData(fill: ExchangeFill): NonNullable<OrderEvent['data']['fill']> {
  return {
    execution_id: fill.executionId,
    price: fill.price.toString(),
    size: fill.size.toString(),
    fee: fill.fee.toString(),
    ...(fill.realizedPnl === undefined ? {} : { realized_pnl: fill.realizedPnl.toString() }),
    ...(fill.positionId === undefined ? {} : { position_id: fill.positionId }),
    ts: fill.ts,
  };
}

/** Oldest market time of which this symbol still remembers every id: older news is old news. */
export function rememberedSince(context: StepContext, symbol: SymbolState): EpochMs {
  const agreed = symbol.agreedTs ?? symbol.begunTs ?? context.at.marketTs;
  return Math.min(context.at.marketTs - REMEMBER_MS, agreed - 2 * sweepOverlapMs(context));
}

/** How far before the last agreed sweep the next one reads fills: more than our market clock can be off. Market milliseconds. */
export function sweepOverlapMs(context: StepContext): number {
  return 60_000 * Math.max(1, marketSpeed(context) / 10);
}

/** How long finished orders and decided signals stay in memory. Market milliseconds. */
const REMEMBER_MS = 900_000;
