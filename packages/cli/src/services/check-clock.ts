import { AlphaError, type MarketClockReading } from '@alpha-engine/core';

/**
 * Throws `CLOCK_SKEW` when this machine's clock is too far from the exchange's: signatures would be refused and fresh data
 * look old. A simulator tells a time of its own on purpose and is not compared.
 */
export function checkClock(reading: MarketClockReading, maxSkewMs: number): void {
  if (reading.simulated) return;
  const skewMs = Math.round(reading.anchorWallTs - reading.anchorMarketTs);
  if (Math.abs(skewMs) <= maxSkewMs + reading.uncertaintyMs) return;
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  throw new AlphaError(
    'CLOCK_SKEW',
    `This machine's clock is ${Math.abs(skewMs)} ms ${direction} the exchange's; ${maxSkewMs} ms are allowed. Synchronise it (NTP), then start again.`,
    { context: { skewMs, maxSkewMs } },
  );
}
