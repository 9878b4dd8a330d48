import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { dailyLoss } from '../../../src/risk/checks/daily-loss.js';
import { denies, haltOf, intentOf, viewOf } from '../bench.js';

it('denies at the limit, and after it was reached until the day is over', () => {
  expect(denies(dailyLoss, intentOf(), viewOf({ dailyLoss: Decimal.of('99999') }))).toBeUndefined();
  expect(denies(dailyLoss, intentOf(), viewOf({ dailyLoss: Decimal.of('100000') }))).toContain('fell by 100000');
  expect(denies(dailyLoss, intentOf(), viewOf({ halts: [haltOf('daily_loss')] }))).toContain('over with the day');
});
