import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { positionSize } from '../../../src/risk/checks/position-size.js';
import { closing, denies, intentOf, termsOf, viewOf } from '../bench.js';

it('counts what is there and what would be added', () => {
  expect(denies(positionSize, intentOf(), viewOf({ exposure: Decimal.of('0.04') }))).toBeUndefined();
  expect(denies(positionSize, intentOf(), viewOf({ exposure: Decimal.of('0.041') }))).toBe(
    'The position of BTC_JPY would be 0.051; MAX_POSITION_SIZE is 0.05.',
  );
});

it('takes off what a reversal closes first', () => {
  const reversal = intentOf({ orders: [closing, termsOf()] });
  expect(denies(positionSize, reversal, viewOf({ exposure: Decimal.of('0.05') }))).toBeUndefined();
});
