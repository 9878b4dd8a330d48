import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MarketClockReading } from '../../src/exchange/adapter.js';
import { MarketClock } from '../../src/process/market-clock.js';
import { ManualClock } from '../../src/telemetry/clock.js';
import { silentLogger } from '../../src/telemetry/logger.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const reading = (anchorMarketTs: number, speed: number, anchorWallTs = 1_000): MarketClockReading => ({
  anchorMarketTs,
  anchorWallTs,
  speed,
  uncertaintyMs: 1,
});

async function start(readings: (MarketClockReading | Error)[]) {
  const wallClock = new ManualClock(1_000);
  const stop = new AbortController();
  const measure = async () => {
    const next = readings.length > 1 ? readings.shift() : readings[0];
    if (next instanceof Error) throw next;
    return next as MarketClockReading;
  };
  const clock = await MarketClock.start({ measure, wallClock, logger: silentLogger, signal: stop.signal });
  return { clock, wallClock, stop };
}

test('runs like the tape: shifted and scaled', async () => {
  const { clock, wallClock, stop } = await start([reading(500_000, 10)]);
  wallClock.advance(250);
  expect(clock.now()).toBe(502_500);
  stop.abort();
});

test('stands still while the simulator holds, and notices soon that it started', async () => {
  const { clock, wallClock, stop } = await start([reading(500_000, 0), reading(500_000, 5, 2_000)]);
  wallClock.advance(1_000);
  expect(clock.now()).toBe(500_000);
  await vi.advanceTimersByTimeAsync(250);
  wallClock.advance(100);
  expect(clock.now()).toBe(500_500);
  stop.abort();
});

test('keeps the last reading when the exchange does not answer', async () => {
  const { clock, wallClock, stop } = await start([reading(7_000, 1), new Error('no answer')]);
  await vi.advanceTimersByTimeAsync(31_000);
  wallClock.advance(31_000);
  expect(clock.now()).toBe(38_000);
  stop.abort();
});

test('measures no more once it is stopped', async () => {
  const { stop } = await start([reading(7_000, 0)]);
  stop.abort();
  expect(vi.getTimerCount()).toBe(0);
});
