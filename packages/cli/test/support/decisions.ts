import type { Bar } from '@alpha-engine/core';
import type { TapeTrade } from './short-tape.js';
import { SPINE_SYMBOLS, type SpineRun } from './spine.js';

type PlainBar = Omit<Bar, 'exchange' | 'timeframe' | 'closeTs'>;

/** One-second bars of a tape the simple way, as a second opinion; the last of each symbol may still be open. */
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
  return SPINE_SYMBOLS.flatMap((wanted) => [...bars.values()].filter(({ symbol }) => symbol === wanted));
}

/** What a crash must not change. Prices of fills, and when things happened, may differ. */
export function decisions({ bars, orders, signals }: SpineRun) {
  return {
    bars,
    signals: signals.map(({ event, bar }) => ({ ...event, bar })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    orders: orders
      // A placement that was proved to have had no effect was placed again under another id.
      .filter(({ order }) => order.status !== 'VOID')
      .map(({ order: { filledSize, status, terms } }) => ({
        ...{ signalId: terms.signalId, leg: terms.leg, symbol: terms.symbol, side: terms.side, effect: terms.effect },
        ...{ size: terms.size.toString(), status, filled: filledSize.toString() },
      }))
      .sort((a, b) => (a.signalId + a.leg < b.signalId + b.leg ? -1 : 1)),
  };
}

/** Orders that reached the exchange, by our own record. */
export function sentOrders({ orders }: SpineRun): number {
  return orders.filter(({ order }) => 'exchangeOrderId' in order && order.exchangeOrderId !== undefined).length;
}
