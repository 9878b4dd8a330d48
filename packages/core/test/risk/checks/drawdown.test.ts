import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { drawdown } from '../../../src/risk/checks/drawdown.js';
import { denies, haltOf, intentOf, viewOf } from '../bench.js';

it('denies at the limit, and after it was reached until somebody resumes', () => {
  expect(denies(drawdown, intentOf(), viewOf({ drawdown: Decimal.of('0.1999') }))).toBeUndefined();
  expect(denies(drawdown, intentOf(), viewOf({ drawdown: Decimal.of('0.2') }))).toContain('20 % below its peak');
  expect(denies(drawdown, intentOf(), viewOf({ halts: [haltOf('drawdown')] }))).toContain('send resume');
});
