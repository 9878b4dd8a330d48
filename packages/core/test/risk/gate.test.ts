import { CHECKS, Decimal, RiskGate } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { T0 } from '../execution/bench.js';
import { closing, exitIntent, exposureOf, haltOf, intentOf, termsOf, viewOf } from './bench.js';

const gate = new RiskGate();

it('approves with the inputs of every check', () => {
  const verdict = gate.review(intentOf(), viewOf());
  expect(verdict.approved).toBe(true);
  expect(Object.keys(verdict.inputs)).toEqual(CHECKS.map(({ code }) => code));
});

it('stops at the first check that denies', () => {
  const verdict = gate.review(intentOf(), viewOf({ halts: [haltOf('operator_reduce')], reconciled: false }));
  expect(verdict).toMatchObject({ approved: false, code: 'halted' });
  expect(Object.keys(verdict.inputs).at(-1)).toBe('halted');
});

it('lets an exit pass whatever exposure, loss, halts and data say', () => {
  const worst = viewOf({
    now: 1_800_000_000_000,
    halts: [haltOf('operator_reduce'), haltOf('drawdown'), haltOf('exchange_errors')],
    closed: 'maintenance',
    clockSkewMs: 9_000,
    working: Array.from({ length: 99 }, () => ({ side: 'sell', type: 'limit', price: Decimal.of('1') }) as const),
    openingsOfMinute: 999,
    losingStreak: 99,
    lastLossTs: T0,
    dailyLoss: Decimal.of('1000000'),
    feedProblem: 'disconnected',
    reconciled: false,
    exposure: exposureOf({ size: Decimal.of('100'), account: Decimal.of('1e9'), free: Decimal.zero }),
    drawdown: Decimal.of('0.9'),
  });
  expect(gate.review(exitIntent, worst)).toMatchObject({ approved: true, orders: [closing] });
});

it('judges a reversal as an opening: all of it or none', () => {
  const reversal = intentOf({ action: 'enter_short', orders: [closing, termsOf({ side: 'sell' })] });
  expect(gate.review(reversal, viewOf({ halts: [haltOf('unexplained')] }))).toMatchObject({
    approved: false,
    code: 'halted',
  });
});

it('looks once more at an order that waited', () => {
  const terms = termsOf();
  expect(gate.release(terms, terms.createdTs, viewOf())).toMatchObject({ approved: true, orders: [terms] });
  const late = viewOf({ now: terms.createdTs + 5_001 });
  expect(gate.release(terms, terms.createdTs, late)).toMatchObject({ approved: false, code: 'signal_too_old' });
});
