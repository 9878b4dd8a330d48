import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { TradingStateEvent } from '../events/trading-state.js';
import type { ExchangeFill } from '../exchange/broker.js';
import { ended } from '../orders/advance.js';
import { type Order, workingPrice } from '../orders/order.js';
import type { TrackedOrder } from '../orders/order-ledger.js';
import { isFinal } from '../orders/transitions.js';
import { sellable } from './sizing/order-sizes.js';
import type { StepContext } from './step-context.js';

/** Records an order's new state and tells it on `order:<exchange>`. */
export function publishOrder(
  context: StepContext,
  tracked: TrackedOrder,
  fill?: ExchangeFill,
  denied?: OrderEvent['data']['denied'],
): void {
  const { order } = tracked;
  const { terms } = order;
  tracked.events += 1;
  context.state.exposures.touch(terms.symbol);
  context.out.order(order);
  const data = orderData(tracked, fill);
  if (denied !== undefined) data.denied = denied;
  if (fill !== undefined && endsPosition(context, order)) data.flat = true;
  context.out.events.push({
    type: 'order',
    exchange: terms.exchange,
    symbol: terms.symbol,
    ts: fill?.ts ?? context.at.marketTs,
    seq: nextSeq(context, terms.symbol, 'order'),
    id: `${terms.clientOrderId}:${tracked.events}`,
    data,
  });
}

/**
 * Tells the owner of a lot that somebody else closed it, wholly or in part: the exchange by force, or a person. There is no order of
 * ours to tell it by, so each execution is told as an order of its own.
 */
export function publishExternalClose(context: StepContext, fill: ExchangeFill, strategy: string): void {
  const { symbol, ts } = fill;
  context.out.events.push({
    type: 'order',
    exchange: context.config.exchange,
    ...{ symbol, ts },
    seq: nextSeq(context, symbol, 'order'),
    id: `external:${fill.executionId}`,
    data: {
      client_order_id: `external:${fill.exchangeOrderId}`,
      exchange_order_id: fill.exchangeOrderId,
      strategy,
      status: 'FILLED',
      request: 'none',
      side: fill.side,
      effect: 'close',
      order_type: 'market',
      size: fill.size.toString(),
      filled_size: fill.size.toString(),
      average_price: fill.price.toString(),
      fill: fillData(fill),
      ...(holdsNothing(context, strategy, symbol) ? { flat: true } : {}),
    },
  });
}

type ToldType = OrderEvent['type'] | DenialEvent['type'] | TradingStateEvent['type'];

/** Events of a symbol count 1, 2, 3 … per type. */
export function nextSeq(context: StepContext, symbol: string, type: ToldType): number {
  const key = `${symbol} ${type}`;
  const seq = (context.state.seq.get(key) ?? 0) + 1;
  context.state.seq.set(key, seq);
  return seq;
}

/** Ends an order that had no effect, and tells it; `denied`: because the gate let it go no more. */
export function finish(
  context: StepContext,
  tracked: TrackedOrder,
  status: 'REJECTED' | 'VOID',
  reason: string,
  denied?: OrderEvent['data']['denied'],
): void {
  const before = tracked.order;
  tracked.order = ended(before, status, reason, context.at.marketTs);
  if (tracked.order !== before) publishOrder(context, tracked, undefined, denied);
}

/** Only where no signal says it: a strategy must be told that its position is gone. */
function endsPosition(context: StepContext, { terms }: Order): boolean {
  const { purpose, effect, strategy, symbol } = terms;
  return effect === 'close' && purpose !== 'exit' && holdsNothing(context, strategy, symbol);
}

function holdsNothing({ instruments, state }: StepContext, strategy: string, symbol: string): boolean {
  const instrument = instruments.get(symbol);
  const size = state.ledger.size(strategy, symbol);
  return size.isZero() || (instrument?.kind === 'spot' && sellable(instrument, size).isZero());
}

type OrderData = { -readonly [Key in keyof OrderEvent['data']]: OrderEvent['data'][Key] };

/** What not every order has is added: spreading half-empty objects costs ten times as much. */
function orderData({ order, replacedBy }: TrackedOrder, fill: ExchangeFill | undefined): OrderData {
  const { terms } = order;
  const data: OrderData = {
    client_order_id: terms.clientOrderId,
    signal_id: terms.signalId,
    strategy: terms.strategy,
    status: order.status,
    request: order.request,
    side: terms.side,
    effect: terms.effect,
    order_type: terms.type,
    time_in_force: terms.timeInForce,
    purpose: terms.purpose,
    size: terms.size.toString(),
    filled_size: order.filledSize.toString(),
  };
  const price = workingPrice(order);
  if ('exchangeOrderId' in order && order.exchangeOrderId !== undefined) data.exchange_order_id = order.exchangeOrderId;
  if (price !== undefined && terms.type === 'stop') data.trigger_price = price.toString();
  else if (price !== undefined) data.price = price.toString();
  if ('averagePrice' in order && order.averagePrice !== undefined) data.average_price = order.averagePrice.toString();
  if (replacedBy !== null && isFinal(order.status)) data.replaced_by = replacedBy;
  if ('reason' in order) data.reason = order.reason;
  if (fill !== undefined) data.fill = fillData(fill);
  return data;
}

function fillData(fill: ExchangeFill): NonNullable<OrderEvent['data']['fill']> {
  const price = fill.price.toString();
  const size = fill.size.toString();
  const plain = { execution_id: fill.executionId, price, size, fee: fill.fee.toString() };
  const { positionId, realizedPnl, ts } = fill;
  if (positionId === undefined && realizedPnl === undefined) return { ...plain, ts };
  return {
    ...plain,
    ...(realizedPnl === undefined ? {} : { realized_pnl: realizedPnl.toString() }),
    ...(positionId === undefined ? {} : { position_id: positionId }),
    ts,
  };
}
