import { expect, test } from 'vitest';
import { bollinger } from '../src/index.js';
import { decide, type Shape } from './decide.js';

// With period 3 and one deviation, of closes 10, 10, 7: mean 9, deviation √2 (1.414), bands 7.586 and 10.414.
const FALL: readonly Shape[] = [10, 10, [10, 7, 7]];

test('enters when the low reaches the lower band and exits when the high reaches the upper band', () => {
  // Closes 10, 7, 8: mean 8.333, deviation 1.247, bands 7.086 and 9.580: a high of 9.5 does not touch.
  // Closes 7, 8, 9: mean 8, deviation 0.816, upper band 8.816: a high of 9 touches.
  expect(decide(bollinger, { period: 3, deviations: 1 }, [...FALL, [9.5, 8, 8], 9])).toEqual([
    '3 enter_long lower_band_touch',
    '5 exit upper_band_touch',
  ]);
});

test('a low that stops above the band does not enter', () => {
  // Closes 10, 10, 9: mean 9.667, deviation 0.471, lower band 9.195.
  expect(decide(bollinger, { period: 3, deviations: 1 }, [10, 10, [10, 9, 9]])).toEqual([
    '3 enter_long lower_band_touch',
  ]);
  expect(decide(bollinger, { period: 3, deviations: 2 }, [10, 10, [10, 9, 9]])).toEqual([]);
});

test('a bar that touches both bands does what the position allows, once', () => {
  // Closes 10, 7, 9: bands 7.42 and 9.914; the bar reaches from 12 to 5.
  expect(decide(bollinger, { period: 3, deviations: 1 }, [...FALL, [12, 5, 9]])).toEqual([
    '3 enter_long lower_band_touch',
    '4 exit upper_band_touch',
  ]);
});

test('bands of no width decide nothing', () => {
  expect(decide(bollinger, { period: 3 }, [10, 10, 10, 10])).toEqual([]);
});
