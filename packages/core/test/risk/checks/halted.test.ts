import { expect, it } from 'vitest';
import { halted } from '../../../src/risk/checks/halted.js';
import { denies, intentOf, viewOf } from '../bench.js';

it('denies openings while halted and says why', () => {
  expect(denies(halted, intentOf(), viewOf())).toBeUndefined();
  expect(denies(halted, intentOf(), viewOf({ halt: 'Lunch.' }))).toBe('Openings on BTC_JPY are halted: Lunch.');
  expect(halted.applies).toBe('openings');
});
