import { Decimal, type Instrument } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { funds } from '../../../src/risk/checks/funds.js';
import { BTC, BTC_JPY } from '../../execution/bench.js';
import { closing, denies, exposureOf, intentOf, termsOf, viewOf } from '../bench.js';

const having = (free: string | null, instrument: Instrument = BTC) =>
  viewOf({ instrument, exposure: exposureOf({ free: free === null ? null : Decimal.of(free) }) });

it('needs the whole value and the fee on spot', () => {
  expect(denies(funds, intentOf(), having('60030'))).toBeUndefined();
  expect(denies(funds, intentOf(), having('60029.99'))).toBe(
    'The opening on BTC_JPY needs 60030 JPY with its fee; 60029.99 are free.',
  );
});

it('needs the margin on leverage', () => {
  const leverage = { ...BTC_JPY, marginRate: Decimal.of('0.5') };
  expect(denies(funds, intentOf(), having('30000', leverage))).toBeUndefined();
  expect(denies(funds, intentOf(), having('29999', leverage))).toContain('needs 30000');
});

it('lets a reversal use what it frees, and judges nothing while the balances are unknown', () => {
  expect(denies(funds, intentOf({ orders: [closing, termsOf()] }), having('0', BTC_JPY))).toBeUndefined();
  expect(denies(funds, intentOf(), having(null))).toBeUndefined();
});
