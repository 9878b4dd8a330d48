import { expect, test } from 'vitest';
import { rsi } from '../src/index.js';
import { decide } from './decide.js';

test('enters when the index rises back through oversold, exits when it falls back through overbought', () => {
  // period 2, Wilder: average gain g and loss l begin as the mean of the first two changes, then move half of the way.
  // close  100   90   80   78     90     100    98     80
  // change      -10  -10   -2    +12    +10     -2    -18
  // g        -    -    0    0      6      8      4      2
  // l        -    -   10    6      3      1.5    1.75   9.875
  // rsi      -    -    0    0     66.67  84.21  69.57  16.84
  const closes = [100, 90, 80, 78, 90, 100, 98, 80];
  expect(decide(rsi, { period: 2 }, closes)).toEqual(['5 enter_long rsi_left_oversold', '7 exit rsi_left_overbought']);
});

test('does not enter while the price keeps falling', () => {
  expect(decide(rsi, { period: 2 }, [100, 90, 80, 70, 60, 50, 40])).toEqual([]);
});

test('thresholds reached exactly count as crossed', () => {
  // rsi after the fifth close is 66.67, after the second rise 100 · g / (g + l) = 84.21: only the threshold moves.
  expect(decide(rsi, { period: 2, oversold: 1 }, [100, 90, 80, 78, 90])).toEqual(['5 enter_long rsi_left_oversold']);
  // g = l = 6 after a rise of 12 out of l = 12: the index is exactly 50.
  expect(decide(rsi, { period: 2, oversold: 50, overbought: 60 }, [100, 88, 76, 88])).toEqual([
    '4 enter_long rsi_left_oversold',
  ]);
});

test('refuses thresholds in the wrong order', () => {
  expect(() => decide(rsi, { oversold: 70, overbought: 30 }, [])).toThrow(/oversold: Must be below overbought/);
});
