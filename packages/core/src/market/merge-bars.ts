import type { Bar } from './bar.js';
import { intervalStart, type Timeframe, timeframeMs } from './timeframe.js';

/** Puts ascending bars of a shorter timeframe together, the last one as far as they go. Intervals without a bar stay without one. */
export function mergeBars(bars: readonly Bar[], timeframe: Timeframe): Bar[] {
  const merged: Bar[] = [];
  for (const bar of bars) {
    const openTs = intervalStart(timeframe, bar.openTs);
    const last = merged.at(-1);
    if (last?.openTs !== openTs) {
      merged.push({ ...bar, timeframe, openTs, closeTs: openTs + timeframeMs(timeframe) });
      continue;
    }
    merged[merged.length - 1] = {
      ...last,
      high: Math.max(last.high, bar.high),
      low: Math.min(last.low, bar.low),
      close: bar.close,
      volume: last.volume + bar.volume,
      trades: last.trades + bar.trades,
    };
  }
  return merged;
}
