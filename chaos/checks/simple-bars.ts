import { type Bar, type Timeframe, type TradeEvent, timeframeMs } from '@alpha-engine/core';

/**
 * Bars of trades the simple way, as a second opinion; the last one, still open, is not among them, nor the one inside of whose interval the first
 * trade comes.
 */
export async function* simpleBars(
  trades: Iterable<TradeEvent> | AsyncIterable<TradeEvent>,
  timeframe: Timeframe,
): AsyncGenerator<Bar> {
  const length = timeframeMs(timeframe);
  let bar: Bar | undefined;
  let beginsAt: number | undefined;
  for await (const { exchange, symbol, ts, data } of trades) {
    const { price, size } = data;
    const openTs = ts - (ts % length);
    beginsAt ??= ts;
    if (bar?.openTs === openTs) {
      const range: Pick<Bar, 'high' | 'low'> = { high: Math.max(bar.high, price), low: Math.min(bar.low, price) };
      bar = { ...bar, ...range, close: price, volume: bar.volume + size, trades: bar.trades + 1 };
      continue;
    }
    if (bar !== undefined && bar.openTs >= beginsAt) yield bar;
    const prices = { open: price, high: price, low: price, close: price };
    bar = { exchange, symbol, timeframe, openTs, closeTs: openTs + length, ...prices, volume: size, trades: 1 };
  }
}
