import { expect, test } from 'vitest';
import { breakout } from '../src/index.js';
import { decide, type Shape, signals } from './decide.js';

const QUIET: readonly Shape[] = [
  [11, 9, 10],
  [12, 10, 11],
  [11, 8, 9],
];

test('enters on a close above the highest high of the bars before, exits on a close below their lowest low', () => {
  const bars: Shape[] = [
    ...QUIET, // channel of three: 8 to 12
    [14, 11, 13], // closes above 12
    [13, 11, 12], // channel 8 to 14
    [12, 7, 8], // channel 8 to 14: a close at 8 is not below it
    [9, 6, 6], // channel 7 to 14
  ];
  expect(decide(breakout, { lookback: 3 }, bars)).toEqual(['4 enter_long donchian_break', '7 exit donchian_break']);
});

test('a high above the channel is no break, and the breaking bar is not in its own channel', () => {
  expect(decide(breakout, { lookback: 3 }, [...QUIET, [15, 9, 12]])).toEqual([]);
  // Were the bar part of its channel (highest high 15), no close could ever break it.
  expect(decide(breakout, { lookback: 3 }, [...QUIET, [15, 9, 15]])).toEqual(['4 enter_long donchian_break']);
});

test('signs breakout_v1 and says how far it looked back', () => {
  const [signal] = signals(breakout, { lookback: 3 }, [...QUIET, 13]);
  expect(signal).toMatchObject({
    type: 'signal',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 240_000,
    strategy: 'breakout_v1',
    action: 'enter_long',
    confidence: 1,
    price_ref: 13,
    meta: { reason: 'donchian_break', lookback: 3 },
  });
});
