import { expect, it } from 'vitest';
import { losingStreak } from '../../../src/risk/checks/losing-streak.js';
import { denies, intentOf, limitsOf, viewOf } from '../bench.js';

it('denies when as many were lost in a row, and never without a limit', () => {
  const limits = limitsOf({ maxLosingStreak: 3 });
  expect(denies(losingStreak, intentOf(), viewOf({ limits, losingStreak: 2 }))).toBeUndefined();
  expect(denies(losingStreak, intentOf(), viewOf({ limits, losingStreak: 3 }))).toContain('3 trades on BTC_JPY');
  expect(denies(losingStreak, intentOf(), viewOf({ losingStreak: 99 }))).toBeUndefined();
});
