import { Decimal, type Instrument } from '@alpha-engine/core';

const rules = {
  exchange: 'test',
  base: 'BTC',
  quote: 'JPY',
  tickSize: Decimal.of('1'),
  maxSize: Decimal.of('100'),
} as const;

/** A spot and a leverage symbol with round rules. */
export const INSTRUMENTS: readonly Instrument[] = [
  {
    ...rules,
    symbol: 'BTC',
    kind: 'spot',
    sizeStep: Decimal.of('0.01'),
    minSize: Decimal.of('0.01'),
    takerFeeRate: Decimal.of('0.0005'),
    makerFeeRate: Decimal.of('-0.0001'),
  },
  {
    ...rules,
    symbol: 'BTC_JPY',
    kind: 'leverage',
    sizeStep: Decimal.of('0.1'),
    minSize: Decimal.of('0.1'),
    takerFeeRate: Decimal.of('0.0003'),
    makerFeeRate: Decimal.of('0'),
  },
];
