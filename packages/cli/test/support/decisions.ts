import type { Bar, Decimal } from '@alpha-engine/core';
import type { TapeTrade } from './short-tape.js';
import { SPINE_SYMBOLS, type SpineRun } from './spine.js';

type PlainBar = Omit<Bar, 'exchange' | 'timeframe' | 'closeTs'>;

/**
 * One-second bars of a tape the simple way, as a second opinion: without the second in which a symbol's first trade comes, of which nobody knows
 * the whole. The last of each symbol may still be open.
 */
export function simpleBars(trades: readonly TapeTrade[]): readonly PlainBar[] {
  const bars = new Map<string, PlainBar>();
  for (const { symbol, ts, price, size } of trades) {
    const openTs = ts - (ts % 1000);
    const {
      open,
      high,
      low,
      volume,
      trades: count,
    } = bars.get(symbol + openTs) ?? { open: price, high: price, low: price, volume: 0, trades: 0 };
    const range = { high: Math.max(high, price), low: Math.min(low, price) };
    bars.set(symbol + openTs, {
      symbol,
      openTs,
      open,
      ...range,
      close: price,
      volume: volume + size,
      trades: count + 1,
    });
  }
  return SPINE_SYMBOLS.flatMap((wanted) => {
    const own = [...bars.values()].filter(({ symbol }) => symbol === wanted);
    const first = trades.find(({ symbol }) => symbol === wanted);
    return first === undefined || first.ts === own[0]?.openTs ? own : own.slice(1);
  });
}

/** What a crash must not change. Prices of fills, when things happened, and into how many lots a fill was split may differ. */
export function decisions({ bars, orders, signals }: SpineRun) {
  return {
    bars,
    signals: signals.map(({ event, bar }) => ({ ...event, bar })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    orders: ordersBySignal(orders),
  };
}

/**
 * Summed per signal, side and state, not order by order: an exit has an order for each lot that it closes, and into how many lots an entry
 * was filled is the depth of the moment it arrived, which a crash moves. Together they are what was decided.
 */
function ordersBySignal(orders: SpineRun['orders']) {
  const sums = new Map<string, { size: Decimal; filled: Decimal }>();
  for (const { order } of orders) {
    // A placement that was proved to have had no effect was placed again under another id.
    if (order.status === 'VOID') continue;
    const { signalId, symbol, side, effect, size } = order.terms;
    const key = [signalId, symbol, side, effect, order.status].join(' ');
    const sum = sums.get(key);
    sums.set(key, {
      size: sum?.size.plus(size) ?? size,
      filled: sum?.filled.plus(order.filledSize) ?? order.filledSize,
    });
  }
  return [...sums]
    .map(([order, { size, filled }]) => ({ order, size: size.toString(), filled: filled.toString() }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1));
}

/** Orders that reached the exchange, by our own record. */
export function sentOrders({ orders }: SpineRun): number {
  return orders.filter(({ order }) => 'exchangeOrderId' in order && order.exchangeOrderId !== undefined).length;
}
