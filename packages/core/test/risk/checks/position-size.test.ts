import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { positionSize } from '../../../src/risk/checks/position-size.js';
import { closing, denies, exposureOf, intentOf, termsOf, viewOf } from '../bench.js';

const holding = (size: string) => viewOf({ exposure: exposureOf({ size: Decimal.of(size) }) });

it('counts what is there and what would be added', () => {
  expect(denies(positionSize, intentOf(), holding('0.04'))).toBeUndefined();
  expect(denies(positionSize, intentOf(), holding('0.041'))).toBe(
    'The position of BTC_JPY would be 0.051; MAX_POSITION_SIZE is 0.05.',
  );
});

it('takes off what a reversal closes first', () => {
  const reversal = intentOf({ orders: [closing, termsOf()] });
  expect(denies(positionSize, reversal, holding('0.05'))).toBeUndefined();
});
