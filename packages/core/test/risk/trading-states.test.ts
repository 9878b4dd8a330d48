import { stateOf, TradingStates } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { haltOf } from './bench.js';

it('is as strict as its strictest cause, and the account holds for every symbol', () => {
  const states = new TradingStates();
  expect(stateOf(states.over('BTC'))).toBe('ACTIVE');
  states.add('BTC', haltOf('stale_data'));
  expect(stateOf(states.over('BTC'))).toBe('REDUCING');
  expect(stateOf(states.over('ETH'))).toBe('ACTIVE');
  states.add('*', haltOf('operator_halt'));
  expect(stateOf(states.over('BTC'))).toBe('HALTED');
  expect(stateOf(states.over('ETH'))).toBe('HALTED');
  states.lift('*', 'operator_halt');
  expect(stateOf(states.over('BTC'))).toBe('REDUCING');
});

it('keeps the first reason of a cause, and says whether anything changed', () => {
  const states = new TradingStates();
  expect(states.add('*', haltOf('drawdown', 'First.'))).toBe(true);
  expect(states.add('*', haltOf('drawdown', 'Second.'))).toBe(false);
  expect(states.of('*')).toMatchObject([{ reason: 'First.' }]);
  expect(states.lift('*', 'daily_loss')).toBe(false);
  expect(states.lift('*', 'drawdown')).toBe(true);
  expect(states.all()).toEqual({});
});

it('resumes what a person may lift, and goes on from what it kept', () => {
  const states = new TradingStates();
  for (const cause of ['operator_reduce', 'daily_loss', 'stale_data'] as const) states.add('BTC', haltOf(cause));
  const again = new TradingStates(JSON.parse(JSON.stringify(states.all())));
  expect(again.resume('BTC')).toBe(true);
  expect(again.of('BTC')).toEqual([haltOf('stale_data')]);
  expect(again.resume('BTC')).toBe(false);
});
