import type { ExchangeFill, ExchangeOrder, ExchangePosition, Margin, OrderKind } from '../exchange/broker.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import type { MarginState, Rejection, SimulatedFill, SimulatedLot, SimulatedOrder, SimulatedRequest } from './types.js';

/** The simulated exchange in the words of the ports: what a broker shows of it, and what it asks it. */

/** What an approved order asks of the exchange. */
export function requestOf(order: ApprovedOrder): SimulatedRequest {
  const { symbol, side, effect, type, timeInForce, size, price, triggerPrice, positionId } = order;
  return {
    symbol,
    side,
    effect,
    type,
    timeInForce,
    size,
    ...(price === undefined ? {} : { price }),
    ...(triggerPrice === undefined ? {} : { triggerPrice }),
    ...(positionId === undefined ? {} : { positionId: Number(positionId) }),
  };
}

export function shownOrder(order: SimulatedOrder): ExchangeOrder {
  return {
    exchangeOrderId: String(order.orderId),
    symbol: order.symbol,
    side: order.side,
    effect: order.effect,
    type: order.type,
    timeInForce: order.timeInForce,
    size: order.size,
    ...(order.price === undefined ? {} : { price: order.price }),
    ...(order.triggerPrice === undefined ? {} : { triggerPrice: order.triggerPrice }),
    filledSize: order.filledSize,
    state: order.state === 'waiting' ? 'working' : order.state,
    ...(order.reason === undefined ? {} : { reason: order.reason }),
    ...(order.cause === 'losscut' ? { forced: true } : {}),
    orderTs: order.orderTs,
  };
}

export function shownFill(fill: SimulatedFill): ExchangeFill {
  return {
    executionId: String(fill.executionId),
    exchangeOrderId: String(fill.orderId),
    symbol: fill.symbol,
    side: fill.side,
    effect: fill.effect,
    price: fill.price,
    size: fill.size,
    fee: fill.fee,
    ...(fill.positionId !== undefined && fill.effect === 'close' ? { realizedPnl: fill.realizedPnl } : {}),
    ...(fill.positionId === undefined ? {} : { positionId: String(fill.positionId) }),
    ts: fill.ts,
  };
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
