import type { EpochMs } from '@alpha-engine/core';

const DAY_MS = 86_400_000;
/** The business day begins at 06:00 in Japan, 21:00 UTC of the day before. */
const AHEAD_MS = 3 * 3_600_000;

/** A business day of the exchange. */
export interface BusinessDay {
  /** `20250701`. */
  readonly name: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** The business day that a moment lies in. */
export function businessDayOf(ts: EpochMs): BusinessDay {
  const midnight = Math.floor((ts + AHEAD_MS) / DAY_MS) * DAY_MS;
  const name = new Date(midnight).toISOString().slice(0, 10).replaceAll('-', '');
  return { name, from: midnight - AHEAD_MS, to: midnight - AHEAD_MS + DAY_MS };
}
