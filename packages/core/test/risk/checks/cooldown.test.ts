import { expect, it } from 'vitest';
import { cooldown } from '../../../src/risk/checks/cooldown.js';
import { T0 } from '../../execution/bench.js';
import { denies, intentOf, limitsOf, viewOf } from '../bench.js';

it('denies for a while after a lost trade', () => {
  const limits = limitsOf({ lossCooldownMs: 60_000 });
  expect(denies(cooldown, intentOf(), viewOf({ limits }))).toBeUndefined();
  expect(denies(cooldown, intentOf(), viewOf({ limits, lastLossTs: T0 - 59_999 }))).toContain('59999 ms ago');
  expect(denies(cooldown, intentOf(), viewOf({ limits, lastLossTs: T0 - 60_000 }))).toBeUndefined();
});
