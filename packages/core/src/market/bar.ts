import type { EpochMs } from '../events/common.js';
import type { Timeframe } from './timeframe.js';

/** Bars of one kind of one symbol. */
export interface BarSeries {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** Which bar of a series. */
export interface BarKey {
  /** First millisecond of the interval; of a bar of trades, volume or value the time of its first trade. */
  readonly openTs: EpochMs;
  /** Tells bars apart that opened in the same millisecond, from 0. Absent: 0, as always with bars of time. */
  readonly ordinal?: number;
}

/** One candle. Prices quote per base, volume base coin; plain numbers, because indicators compute in them. */
export interface Bar extends BarSeries, BarKey {
  /** End of the interval, exclusive; of a bar of trades, volume or value the time of its last trade. */
  readonly closeTs: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Trades in the bar. */
  readonly trades: number;
}

/** Earlier before later, within a series. */
export function compareBarKeys(a: BarKey, b: BarKey): number {
  return a.openTs - b.openTs || (a.ordinal ?? 0) - (b.ordinal ?? 0);
}

/** The key alone; without `ordinal` where that is 0. */
export function barKeyOf({ openTs, ordinal = 0 }: BarKey): BarKey {
  return ordinal === 0 ? { openTs } : { openTs, ordinal };
}
