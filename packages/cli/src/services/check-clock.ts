import { AlphaError, type MarketClockReading } from '@alpha-engine/core';

/** How far this machine's clock is certainly ahead of the exchange's (below zero: behind), milliseconds; null at a simulator. */
export function clockSkewMs({
  anchorMarketTs,
  anchorWallTs,
  simulated,
  uncertaintyMs,
}: MarketClockReading): number | null {
  if (simulated) return null;
  const skewMs = Math.round(anchorWallTs - anchorMarketTs);
  return Math.sign(skewMs) * Math.max(0, Math.abs(skewMs) - Math.round(uncertaintyMs));
}

/**
 * Throws `CLOCK_SKEW` when this machine's clock is too far from the exchange's: signatures would be refused and fresh data
 * look old. A simulator tells a time of its own on purpose and is not compared.
 */
export function checkClock(reading: MarketClockReading, maxSkewMs: number): void {
  const skewMs = clockSkewMs(reading);
  if (skewMs === null || Math.abs(skewMs) <= maxSkewMs) return;
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  throw new AlphaError(
    'CLOCK_SKEW',
    `This machine's clock is at least ${Math.abs(skewMs)} ms ${direction} the exchange's; ${maxSkewMs} ms are allowed. Synchronise it (NTP), then start again.`,
    { context: { skewMs, maxSkewMs } },
  );
}
