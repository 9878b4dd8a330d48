import { expect, it } from 'vitest';
import { MinuteCount } from '../../src/risk/minute-count.js';

it('counts the last minute, its beginning left out', () => {
  const count = new MinuteCount();
  for (const ts of [0, 1_000, 59_999]) count.note(ts);
  expect(count.at(59_999)).toBe(3);
  expect(count.at(60_000)).toBe(2);
  expect(new MinuteCount(count.snapshot()).at(61_000)).toBe(1);
  count.clear();
  expect(count.at(61_000)).toBe(0);
});
