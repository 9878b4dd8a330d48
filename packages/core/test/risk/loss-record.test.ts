import { expect, it } from 'vitest';
import { LossRecord } from '../../src/risk/loss-record.js';
import { d, T0 } from '../execution/bench.js';

const DAY = 86_400_000;
/** 06:00 in Japan. */
const START = -3 * 3_600_000;
const morning = Math.floor((T0 - START) / DAY) * DAY + START;

it('measures the loss of a business day, and begins anew at its hour', () => {
  const losses = new LossRecord();
  expect(losses.dailyLoss(d('5')).toString()).toBe('0');
  expect(losses.noteEquity(morning, d('100'), START)).toBe(false);
  losses.noteEquity(morning + 1, d('120'), START);
  expect(losses.dailyLoss(d('90')).toString()).toBe('10');
  expect(losses.noteEquity(morning + DAY - 1, d('80'), START)).toBe(false);
  expect(losses.noteEquity(morning + DAY, d('80'), START)).toBe(true);
  expect(losses.dailyLoss(d('80')).toString()).toBe('0');
  expect(new Date(morning).toISOString()).toContain('T21:00:00');
});

it('counts trades lost in a row: all that one signal closed is one', () => {
  const losses = new LossRecord();
  const note = (signal: string, pnl: string) => losses.noteResult('BTC', signal, d(pnl), T0);
  note('a', '-1');
  note('a', '-2');
  expect(losses.losingStreak('BTC')).toBe(1);
  note('b', '-1');
  expect(losses.losingStreak('BTC')).toBe(2);
  // The second part of the same trade makes up for the first.
  note('b', '3');
  expect(losses.losingStreak('BTC')).toBe(0);
  note('c', '-1');
  note('d', '0');
  expect(losses.losingStreak('BTC')).toBe(1);
  expect(losses.losingStreak('ETH')).toBe(0);
  losses.forgive('BTC');
  expect(losses.losingStreak('BTC')).toBe(0);
});
