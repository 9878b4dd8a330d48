import { AlphaError } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { checkClock } from '../../src/services/check-clock.js';

const reading = (skewMs: number, more: object = {}) => ({
  anchorWallTs: 1_000_000 + skewMs,
  anchorMarketTs: 1_000_000,
  speed: 1,
  uncertaintyMs: 50,
  ...more,
});

it.each([
  ['equal clocks', reading(0)],
  ['the limit plus what the reading does not know', reading(1_050)],
  ['a simulator with a time of its own', reading(1e9, { simulated: true })],
])('accepts %s', (_what, given) => {
  expect(() => checkClock(given, 1_000)).not.toThrow();
});

it.each([
  [1_051, 'ahead of'],
  [-1_051, 'behind'],
])('refuses a clock that is %d ms off', (skewMs, direction) => {
  try {
    checkClock(reading(skewMs), 1_000);
    expect.unreachable();
  } catch (error) {
    expect(AlphaError.is(error, 'CLOCK_SKEW')).toBe(true);
    expect((error as Error).message).toContain(`at least 1001 ms ${direction}`);
  }
});
