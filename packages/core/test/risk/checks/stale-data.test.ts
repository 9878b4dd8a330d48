import { expect, it } from 'vitest';
import { staleData } from '../../../src/risk/checks/stale-data.js';
import { T0 } from '../../execution/bench.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('denies without a quote, with an old one, and while the feed is interrupted', () => {
  expect(denies(staleData, intentOf(), viewOf({ now: T0 + 5_000 }))).toBeUndefined();
  expect(denies(staleData, intentOf(), viewOf({ now: T0 + 5_001 }))).toContain('5001 ms old');
  expect(denies(staleData, intentOf(), viewOf({ quote: null, prices: null }))).toContain('No quote');
  expect(denies(staleData, intentOf(), viewOf({ feedProblem: 'gap' }))).toContain('gap');
});
