import { expect, test } from 'vitest';
import { holes, overlap, union, without, withSeq } from '../../src/archive/seq-ranges.js';
import type { SeqRange } from '../../src/store/raw-events.js';
import { seededRandom } from '../support/random.js';

const range = (from: number, to: number) => ({ from, to });

test('numbers added in any order, with repetitions, are those of a set', () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`sequence ranges: TEST_SEED=${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round++) {
    const set = new Set<number>();
    let ranges: readonly SeqRange[] = [];
    for (let n = 0; n < 40; n++) {
      const seq = 1 + Math.floor(random() * 30);
      const next = withSeq(ranges, seq);
      expect(next === null).toBe(set.has(seq));
      set.add(seq);
      ranges = next ?? ranges;
    }
    const listed = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, n) => from + n));
    expect(listed).toEqual([...set].toSorted((a, b) => a - b));
    expect(union(ranges)).toEqual(ranges);
  }
});

test('holes, overlap and what is left', () => {
  expect(holes([range(1, 2), range(5, 5), range(7, 9)])).toEqual([range(3, 4), range(6, 6)]);
  expect(holes([range(4, 9)])).toEqual([]);
  expect(overlap([range(1, 3)], [range(3, 3)])).toBe(true);
  expect(overlap([range(1, 3)], [range(4, 9)])).toBe(false);
  expect(without([range(1, 10)], [range(3, 4), range(9, 20)])).toEqual([range(1, 2), range(5, 8)]);
  expect(without([range(1, 2)], [range(0, 5)])).toEqual([]);
});
