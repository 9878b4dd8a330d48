import { expect, test } from 'vitest';
import { rsi } from '../src/index.js';
import { decide } from './decide.js';

/** The warm-up: a steady fall, in which the average gain is 0 and the average loss the step. */
const LEAD = 20;
const after = (step: number, closes: readonly [number, ...number[]]) => [
  ...Array.from({ length: LEAD }, (_, n) => closes[0] + step * (LEAD - n)),
  ...closes,
];

test('enters when the index rises back through oversold, exits when it falls back through overbought', () => {
  // period 2, Wilder: average gain g and loss l move half of the way.
  // close  100   90   80   78     90     100    98     80
  // change -10  -10  -10   -2    +12    +10     -2    -18
  // g        0    0    0    0      6      8      4      2
  // l       10   10   10    6      3      1.5    1.75   9.875
  // rsi      0    0    0    0     66.67  84.21  69.57  16.84
  const closes = after(10, [100, 90, 80, 78, 90, 100, 98, 80]);
  expect(decide(rsi, { period: 2 }, closes)).toEqual([
    `${LEAD + 5} enter_long rsi_left_oversold`,
    `${LEAD + 7} exit rsi_left_overbought`,
  ]);
});

test('does not enter while the price keeps falling', () => {
  expect(decide(rsi, { period: 2 }, after(10, [100, 90, 80, 70, 60, 50, 40]))).toEqual([]);
});

test('thresholds reached exactly count as crossed', () => {
  // rsi after the fifth close is 66.67, after the second rise 100 · g / (g + l) = 84.21: only the threshold moves.
  expect(decide(rsi, { period: 2, oversold: 1 }, after(10, [100, 90, 80, 78, 90]))).toEqual([
    `${LEAD + 5} enter_long rsi_left_oversold`,
  ]);
  // g = l = 6 after a rise of 12 out of l = 12: the index is exactly 50.
  expect(decide(rsi, { period: 2, oversold: 50, overbought: 60 }, after(12, [100, 88, 76, 88]))).toEqual([
    `${LEAD + 4} enter_long rsi_left_oversold`,
  ]);
});

test('decides nothing before ten periods, while the beginning of its smoothing still shows', () => {
  expect(decide(rsi, { period: 3 }, after(10, [100, 90, 80, 78, 90, 100, 98, 80]))).toEqual([]);
});

test('refuses thresholds in the wrong order', () => {
  expect(() => decide(rsi, { oversold: 70, overbought: 30 }, [])).toThrow(/oversold: Must be below overbought/);
});
