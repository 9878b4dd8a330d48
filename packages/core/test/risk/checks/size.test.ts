import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { size } from '../../../src/risk/checks/size.js';
import { BTC_JPY } from '../../execution/bench.js';
import { denies, exitIntent, intentOf, termsOf, viewOf } from '../bench.js';

const withSize = (value: string) => intentOf({ orders: [termsOf({ size: Decimal.of(value) })] });

it.each([
  ['0.001', undefined],
  ['5', undefined],
  ['0.0009', 'below minimum'],
  ['5.001', 'above maximum'],
  ['0.0015', 'off step'],
])('judges a size of %s', (value, problem) => {
  const denied = denies(size, withSize(value), viewOf());
  if (problem === undefined) expect(denied).toBeUndefined();
  else expect(denied).toContain(problem);
});

it('lets a lot below the minimum be closed', () => {
  const view = viewOf({ instrument: { ...BTC_JPY, minSize: Decimal.of('1') } });
  expect(denies(size, exitIntent, view)).toBeUndefined();
});
