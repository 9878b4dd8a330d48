import type { OrderRow, OrderStatus, Store } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { openRecords } from './open-records.js';

/** One order as `alpha orders` tells it. Money is text; times are ISO 8601 UTC of the market's clock. */
export interface ListedOrder {
  readonly time: string;
  readonly clientOrderId: string;
  readonly exchangeOrderId: string | null;
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly size: string;
  readonly status: OrderStatus;
  readonly filledSize: string;
  readonly averagePrice: string | null;
  readonly fees: string;
  readonly realizedPnl: string;
  readonly strategy: string;
  readonly signal: string | null;
  readonly signalId: string | null;
  readonly bar: { readonly timeframe: string; readonly openTs: number } | null;
}

export interface OrderFilter {
  readonly symbol?: string;
  readonly statuses?: readonly OrderStatus[];
  readonly limit: number;
}

export async function listOrders(config: Config, filter: OrderFilter): Promise<readonly ListedOrder[]> {
  const records = await openRecords(config);
  try {
    return (await records.store.orders(filter)).map(listedOrder);
  } finally {
    await records.close();
  }
}

export function listedOrder({ order, fees, realizedPnl, signal, bar }: OrderRow): ListedOrder {
  const { terms } = order;
  return {
    time: new Date(terms.createdTs).toISOString(),
    clientOrderId: terms.clientOrderId,
    exchangeOrderId: 'exchangeOrderId' in order ? (order.exchangeOrderId ?? null) : null,
    symbol: terms.symbol,
    side: terms.side,
    type: terms.type,
    size: terms.size.toString(),
    status: order.status,
    filledSize: order.filledSize.toString(),
    averagePrice: 'averagePrice' in order ? (order.averagePrice?.toString() ?? null) : null,
    fees: fees.toString(),
    realizedPnl: realizedPnl.toString(),
    strategy: terms.strategy,
    signal: signal?.action ?? null,
    signalId: signal?.id ?? null,
    bar,
  };
}

export interface ListedPosition {
  readonly symbol: string;
  readonly strategy: string;
  /** Signed base coin: below zero is short. */
  readonly size: string;
  readonly averagePrice: string;
  readonly realizedPnl: string;
  readonly fees: string;
}

export async function listPositions(config: Config): Promise<readonly ListedPosition[]> {
  const records = await openRecords(config);
  try {
    return await listPositionsOf(records.store);
  } finally {
    await records.close();
  }
}

export async function listPositionsOf(store: Store): Promise<readonly ListedPosition[]> {
  return (await store.positions()).map(({ symbol, strategy, size, averagePrice, realizedPnl, fees }) => ({
    symbol,
    strategy,
    size: size.toString(),
    averagePrice: averagePrice.toString(),
    realizedPnl: realizedPnl.toString(),
    fees: fees.toString(),
  }));
}
