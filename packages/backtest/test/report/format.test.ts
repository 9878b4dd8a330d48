import { expect, it } from 'vitest';
import { changeText, digitsOf, durationText, numberText, percentText, timeText } from '../../src/report/format.js';

it.each([
  [numberText(1234567.891), '1\u202f234\u202f567.89'],
  [numberText(-0.004), '0.00'],
  [numberText(-12.5, 1), '\u221212.5'],
  [numberText(1e15, 0), '1\u202f000\u202f000\u202f000\u202f000\u202f000'],
  [numberText(null), 'not available'],
  [percentText(0.12345), '12.35\u202f%'],
  [changeText(0.05, 1), '+5.0\u202f%'],
  [changeText(0.00001, 1), '0.0\u202f%'],
  [durationText(90_000), '1 min 30 s'],
  [durationText(86_400_000 * 2 + 3_600_000), '2 d 1 h'],
  [timeText(Date.UTC(2024, 0, 31, 13, 5)), '2024-01-31 13:05'],
  [timeText(Date.UTC(2024, 0, 31, 13, 5, 9)), '2024-01-31 13:05:09'],
  [String(digitsOf([1, 1.5, 2.25])), '2'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});
