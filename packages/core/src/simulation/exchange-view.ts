import type { ExchangeFill, ExchangeOrder, ExchangePosition, Margin, OrderKind } from '../exchange/broker.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import type { MarginState, Rejection, SimulatedFill, SimulatedLot, SimulatedOrder, SimulatedRequest } from './types.js';

/** The simulated exchange in the words of the ports: what a broker shows of it, and what it asks it. */

/** What an approved order asks of the exchange. */
export function requestOf(order: ApprovedOrder): SimulatedRequest {
  const { symbol, side, effect, type, timeInForce, size, price, triggerPrice, positionId } = order;
  const request: Writable<SimulatedRequest> = { symbol, side, effect, type, timeInForce, size };
  if (price !== undefined) request.price = price;
  if (triggerPrice !== undefined) request.triggerPrice = triggerPrice;
  if (positionId !== undefined) request.positionId = Number(positionId);
  return request;
}

/** What not every one has is added: spreading half-empty objects costs ten times as much. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function shownOrder(order: SimulatedOrder): ExchangeOrder {
  const shown: Writable<ExchangeOrder> = {
    exchangeOrderId: String(order.orderId),
    symbol: order.symbol,
    side: order.side,
    effect: order.effect,
    type: order.type,
    timeInForce: order.timeInForce,
    size: order.size,
    filledSize: order.filledSize,
    state: order.state === 'waiting' ? 'working' : order.state,
    orderTs: order.orderTs,
  };
  if (order.price !== undefined) shown.price = order.price;
  if (order.triggerPrice !== undefined) shown.triggerPrice = order.triggerPrice;
  if (order.reason !== undefined) shown.reason = order.reason;
  if (order.cause === 'losscut') shown.forced = true;
  return shown;
}

export function shownFill(fill: SimulatedFill): ExchangeFill {
  const shown: Writable<ExchangeFill> = {
    executionId: String(fill.executionId),
    exchangeOrderId: String(fill.orderId),
    symbol: fill.symbol,
    side: fill.side,
    effect: fill.effect,
    price: fill.price,
    size: fill.size,
    fee: fill.fee,
    ts: fill.ts,
  };
  if (fill.positionId === undefined) return shown;
  if (fill.effect === 'close') shown.realizedPnl = fill.realizedPnl;
  shown.positionId = String(fill.positionId);
  return shown;
}

export function shownPosition({ positionId, symbol, side, size, price, openedTs }: SimulatedLot): ExchangePosition {
  return { positionId: String(positionId), symbol, side, size, price, openedTs };
}

const MARGIN_STATES = { normal: 'normal', margin_call: 'call', losscut: 'losscut' } as const;

export function shownMargin({ equity, margin, available, unrealizedPnl, status }: MarginState): Margin {
  return { equity, used: margin, available, unrealizedPnl, state: MARGIN_STATES[status] };
}

export function rejectionText(rejection: Rejection): string {
  const { code, ...values } = rejection;
  const details = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
  return details.length === 0 ? code : `${code} (${details.join(', ')})`;
}

/** What the simulated exchange takes on every symbol. */
export const ORDER_KINDS: readonly OrderKind[] = (['open', 'close'] as const).flatMap((effect) => [
  { type: 'market', timeInForce: 'ioc', effect, amend: false },
  { type: 'stop', timeInForce: 'ioc', effect, amend: true },
  ...(['gtc', 'ioc', 'fok', 'post_only'] as const).map((timeInForce) => ({
    type: 'limit' as const,
    timeInForce,
    effect,
    amend: timeInForce === 'gtc' || timeInForce === 'post_only',
  })),
]);
