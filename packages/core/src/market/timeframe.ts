import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';

const MS = {
  '1s': 1_000,
  '5s': 5_000,
  '10s': 10_000,
  '15s': 15_000,
  '30s': 30_000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '10m': 600_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
} as const;

export type Timeframe = keyof typeof MS;

/** Shortest first. */
export const TIMEFRAMES = Object.keys(MS) as readonly Timeframe[];

/** Throws `UNKNOWN_TIMEFRAME`, naming those there are. */
export function parseTimeframe(text: string): Timeframe {
  if (Object.hasOwn(MS, text)) return text as Timeframe;
  throw new AlphaError('UNKNOWN_TIMEFRAME', `Timeframe "${text}" is unknown. Choose one of ${TIMEFRAMES.join(', ')}.`, {
    context: { timeframe: text },
  });
}

/** Length in milliseconds. Intervals are aligned to the Unix epoch, UTC. */
export function timeframeMs(timeframe: Timeframe): number {
  return MS[timeframe];
}

/** First millisecond of the interval that `ts` lies in. */
export function intervalStart(timeframe: Timeframe, ts: EpochMs): EpochMs {
  const length = MS[timeframe];
  return Math.floor(ts / length) * length;
}
