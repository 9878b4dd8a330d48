import type { EpochMs } from '../events/common.js';
import type { Timeframe } from './timeframe.js';

/** One candle. Prices quote per base, volume base coin; plain numbers, because indicators compute in them. */
export interface Bar {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** First millisecond of the interval; it ends at `closeTs`, exclusive. */
  readonly openTs: EpochMs;
  readonly closeTs: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Trades in the bar. */
  readonly trades: number;
}
