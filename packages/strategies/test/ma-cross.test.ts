import { expect, test } from 'vitest';
import { maCross } from '../src/index.js';
import { decide } from './decide.js';

test('enters on the golden cross and exits on the dead cross', () => {
  // closes      10  10  10  13    10    9     9    12
  // SMA 2        -  10  10  11.5  11.5  9.5   9    10.5
  // SMA 3        -   -  10  11    11    10.67 9.33 10
  const closes = [10, 10, 10, 13, 10, 9, 9, 12];
  expect(decide(maCross, { fast: 2, slow: 3 }, closes)).toEqual([
    '4 enter_long golden_cross',
    '6 exit dead_cross',
    '8 enter_long golden_cross',
  ]);
});

test('decides nothing while the averages are equal or the long one is incomplete', () => {
  expect(decide(maCross, { fast: 1, slow: 3 }, [1, 2])).toEqual([]);
  expect(decide(maCross, { fast: 2, slow: 2 }, [1, 2, 3, 2, 1])).toEqual([]);
});

test('may decide on the very bar that completes the long average', () => {
  expect(decide(maCross, { fast: 1, slow: 3 }, [1, 2, 3])).toEqual(['3 enter_long golden_cross']);
});
