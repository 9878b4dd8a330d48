import { CHECKS, Decimal, RiskGate } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { closing, exitIntent, intentOf, termsOf, viewOf } from './bench.js';

const gate = new RiskGate();

it('approves with the inputs of every check', () => {
  const verdict = gate.review(intentOf(), viewOf());
  expect(verdict.approved).toBe(true);
  expect(Object.keys(verdict.inputs)).toEqual(CHECKS.map(({ code }) => code));
});

it('stops at the first check that denies', () => {
  const verdict = gate.review(intentOf(), viewOf({ halt: 'Lunch.', reconciled: false }));
  expect(verdict).toMatchObject({ approved: false, code: 'halted' });
  expect(Object.keys(verdict.inputs).at(-1)).toBe('halted');
});

it('lets an exit pass whatever exposure, loss, halts and data say', () => {
  const worst = viewOf({
    now: 1_800_000_000_000,
    halt: 'Lunch.',
    feedProblem: 'disconnected',
    reconciled: false,
    exposure: Decimal.of('100'),
    drawdown: Decimal.of('0.9'),
    drawdownStopped: true,
  });
  expect(gate.review(exitIntent, worst)).toMatchObject({ approved: true, orders: [closing] });
});

it('judges a reversal as an opening: all of it or none', () => {
  const reversal = intentOf({ action: 'enter_short', orders: [closing, termsOf({ side: 'sell' })] });
  expect(gate.review(reversal, viewOf({ halt: 'Lunch.' }))).toMatchObject({ approved: false, code: 'halted' });
});

it('looks once more at an order that waited', () => {
  const terms = termsOf();
  expect(gate.release(terms, terms.createdTs, viewOf())).toMatchObject({ approved: true, orders: [terms] });
  const late = viewOf({ now: terms.createdTs + 5_001 });
  expect(gate.release(terms, terms.createdTs, late)).toMatchObject({ approved: false, code: 'signal_too_old' });
});
