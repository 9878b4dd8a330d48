import { Decimal, type Side } from '@alpha-engine/core';
import type { SimulatedExchange, SimulatedFill, SimulatedLot, SimulatedOrder } from '@alpha-engine/core/simulation';
import { iso } from './envelopes.js';
import type { SimulatorSwitches } from './switches.js';

export function sideOf(item: { readonly side: Side }): 'BUY' | 'SELL' {
  return item.side === 'buy' ? 'BUY' : 'SELL';
}

/** A stop shows its trigger; MARKET orders show "0". */
export function orderPrice(order: SimulatedOrder): string {
  return (order.price ?? order.triggerPrice)?.toString() ?? '0';
}

export const TIMES_IN_FORCE = { ioc: 'FAK', gtc: 'FAS', fok: 'FOK', post_only: 'SOK' } as const;
export const EXECUTION_TYPES = { market: 'MARKET', limit: 'LIMIT', stop: 'STOP' } as const;

export function settleType(
  item: { readonly symbol: string; readonly effect: 'open' | 'close' },
  switches: SimulatorSwitches,
): 'OPEN' | 'CLOSE' {
  if (item.effect === 'open') return 'OPEN';
  return item.symbol.endsWith('_JPY') ? 'CLOSE' : switches.spotSellSettleType;
}

const STATUS = {
  waiting: 'WAITING',
  working: 'ORDERED',
  filled: 'EXECUTED',
  canceled: 'CANCELED',
  expired: 'EXPIRED',
} as const;

export function orderRow(order: SimulatedOrder, switches: SimulatorSwitches) {
  return {
    rootOrderId: order.orderId,
    orderId: order.orderId,
    symbol: order.symbol,
    side: sideOf(order),
    orderType: order.cause === 'losscut' ? 'LOSSCUT' : 'NORMAL',
    executionType: EXECUTION_TYPES[order.type],
    settleType: settleType(order, switches),
    size: order.size.toString(),
    executedSize: order.filledSize.toString(),
    price: orderPrice(order),
    losscutPrice: order.losscutPrice?.toString() ?? '0',
    status: STATUS[order.state],
    ...(order.reason === undefined ? {} : { cancelType: order.reason }),
    timeInForce: TIMES_IN_FORCE[order.timeInForce],
    timestamp: iso(order.orderTs),
  };
}

export function executionRow(fill: SimulatedFill, switches: SimulatorSwitches) {
  return {
    executionId: fill.executionId,
    orderId: fill.orderId,
    ...(fill.positionId === undefined ? {} : { positionId: fill.positionId }),
    symbol: fill.symbol,
    side: sideOf(fill),
    settleType: settleType(fill, switches),
    size: fill.size.toString(),
    price: fill.price.toString(),
    lossGain: fill.realizedPnl.toString(),
    fee: fill.fee.toString(),
    timestamp: iso(fill.ts),
  };
}

export function positionRow(lot: SimulatedLot, exchange: SimulatedExchange) {
  return {
    positionId: lot.positionId,
    symbol: lot.symbol,
    side: sideOf(lot),
    size: lot.size.toString(),
    orderdSize: lot.reservedSize.toString(),
    price: lot.price.toString(),
    lossGain: unrealizedPnl(lot, exchange),
    leverage: '2',
    losscutPrice: lot.losscutPrice.toString(),
    timestamp: iso(lot.openedTs),
  };
}

/** One row for each symbol and side that has an open lot. */
export function summaryRows(exchange: SimulatedExchange, symbol?: string) {
  const groups = new Map<string, SimulatedLot[]>();
  for (const lot of exchange.positions(symbol)) {
    const key = `${lot.symbol} ${lot.side}`;
    groups.set(key, [...(groups.get(key) ?? []), lot]);
  }
  return [...groups.values()].map((lots) => {
    const [first] = lots as [SimulatedLot, ...SimulatedLot[]];
    const size = Decimal.sum(lots.map((lot) => lot.size));
    const notional = Decimal.sum(lots.map((lot) => lot.price.times(lot.size)));
    return {
      averagePositionRate: notional.dividedBy(size).round(0).toString(),
      positionLossGain: Decimal.sum(lots.map((lot) => unrealizedPnl(lot, exchange))).toString(),
      side: sideOf(first),
      sumOrderQuantity: Decimal.sum(lots.map((lot) => lot.reservedSize)).toString(),
      sumPositionQuantity: size.toString(),
      symbol: first.symbol,
    };
  });
}

export function unrealizedPnl(lot: SimulatedLot, exchange: SimulatedExchange): string {
  const price = exchange.closingPrice(lot.symbol, lot.side);
  if (price === null) return '0';
  const gain = lot.side === 'buy' ? price.minus(lot.price) : lot.price.minus(price);
  return gain.times(lot.size).toString();
}
