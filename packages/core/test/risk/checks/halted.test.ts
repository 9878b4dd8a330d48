import { Decimal, type HaltCause } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { halted } from '../../../src/risk/checks/halted.js';
import { closing, denies, exitIntent, haltOf, intentOf, termsOf, viewOf } from '../bench.js';

const under = (...causes: HaltCause[]) => viewOf({ halts: causes.map((cause) => haltOf(cause, `Said ${cause}.`)) });

it('lets only what reduces leave while reducing, and says why', () => {
  expect(denies(halted, intentOf(), viewOf())).toBeUndefined();
  expect(denies(halted, intentOf(), under('operator_reduce'))).toBe(
    'Opening on BTC_JPY is halted: Said operator_reduce.',
  );
  expect(denies(halted, exitIntent, under('operator_reduce', 'foreign_order'))).toBeUndefined();
});

it('lets only what protects or flattens leave while halted', () => {
  expect(denies(halted, exitIntent, under('operator_reduce', 'operator_halt'))).toContain(
    'Trading on BTC_JPY is halted',
  );
  for (const purpose of ['stop_loss', 'take_profit', 'trailing_stop', 'flatten'] as const) {
    const intent = intentOf({ action: 'exit', orders: [{ ...closing, purpose }] });
    expect(denies(halted, intent, under('operator_halt'))).toBeUndefined();
  }
  const mixed = intentOf({ action: 'exit', orders: [{ ...closing, purpose: 'flatten' }, closing] });
  expect(denies(halted, mixed, under('operator_halt'))).toContain('halted');
  const opening = intentOf({ orders: [termsOf({ purpose: 'flatten', size: Decimal.of('0.01') })] });
  expect(denies(halted, opening, under('operator_halt'))).toContain('halted');
});

it('leaves to their own checks what those look at', () => {
  const causes: HaltCause[] = ['stale_data', 'clock_skew', 'difference', 'drawdown', 'daily_loss', 'losing_streak'];
  expect(denies(halted, intentOf(), under(...causes))).toBeUndefined();
});
