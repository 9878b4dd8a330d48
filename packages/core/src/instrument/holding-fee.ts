import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';

/** What a leverage lot of GMO Coin pays of its value for each roll of the business day that it is held over, long or short. */
export const HOLDING_FEE_RATE = Decimal.of('0.0004');

export const DAY_MS = 86_400_000;
/** 06:00 JST. */
const ROLL_MS = 21 * 3_600_000;

/** The last roll of the business day at or before this time. */
export function lastRoll(ts: EpochMs): EpochMs {
  return Math.floor((ts - ROLL_MS) / DAY_MS) * DAY_MS + ROLL_MS;
}
