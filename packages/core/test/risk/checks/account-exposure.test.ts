import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { accountExposure } from '../../../src/risk/checks/account-exposure.js';
import { closing, denies, exposureOf, intentOf, limitsOf, termsOf, viewOf } from '../bench.js';

const limits = limitsOf({ maxAccountExposure: Decimal.of('100000') });
const worth = (value: string) => viewOf({ limits, exposure: exposureOf({ account: Decimal.of(value) }) });

it('counts what is open and what would be added', () => {
  expect(denies(accountExposure, intentOf(), worth('40000'))).toBeUndefined();
  expect(denies(accountExposure, intentOf(), worth('40001'))).toContain(
    'would be worth 100001; MAX_ACCOUNT_EXPOSURE is 100000.',
  );
});

it('takes off what a reversal closes first', () => {
  expect(denies(accountExposure, intentOf({ orders: [closing, termsOf()] }), worth('100000'))).toBeUndefined();
});
