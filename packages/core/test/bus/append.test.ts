import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AppendRun, decideAppend } from '../../src/bus/append.js';
import type { SeriesRow } from '../../src/bus/storage.js';

const SEED = Number(process.env.ALPHA_SEED ?? 7);
const rows = (entries: Record<string, SeriesRow>) => (key: string) => entries[key];
const run = (key: string, first?: number, count = 1): AppendRun => ({ key, first, count });

describe('decideAppend', () => {
  it('accepts what comes next and skips what is there', () => {
    const decision = decideAppend(
      [run('a', 3, 3), run('a', 5), run('a', 2, 2), run('a', 6)],
      1,
      rows({ a: { writer: 1, seq: 3 } }),
    );
    expect(decision).toEqual({
      kind: 'append',
      skips: [1, 1, 2, 0],
      appended: 3,
      rows: new Map([['a', { writer: 1, seq: 6 }]]),
    });
  });

  it('names the series, the expected and the given number of a hole', () => {
    const decision = decideAppend([run('a', 1), run('b', 1), run('a', 3, 2)], 1, () => ({ writer: 1, seq: 0 }));
    expect(decision).toEqual({ kind: 'hole', series: 'a', expected: 2, got: 3 });
  });

  it('is fenced by an older, a newer and an absent writer', () => {
    for (const holder of [1, 3]) {
      const decision = decideAppend([run('a', 1)], 2, rows({ a: { writer: holder, seq: 0 } }));
      expect(decision).toEqual({ kind: 'fenced', series: 'a', holder });
    }
    expect(decideAppend([run('a', 1)], 2, () => undefined)).toEqual({ kind: 'fenced', series: 'a', holder: null });
    expect(decideAppend([run('a', 1)], null, rows({ a: { writer: 1, seq: 0 } })).kind).toBe('fenced');
  });

  it('lets events without a number pass, whoever sends them', () => {
    const decision = decideAppend([run('a'), run('a', undefined, 2)], null, () => undefined);
    expect(decision).toEqual({ kind: 'append', skips: [0, 0], appended: 3, rows: new Map() });
  });

  it(`whatever is resent, cut or repeated, the stream stays gapless and single (seed ${SEED})`, () => {
    const calls = fc.array(
      fc.record({ from: fc.integer({ min: 1, max: 40 }), count: fc.integer({ min: 1, max: 10 }) }),
    );
    fc.assert(
      fc.property(calls, (attempts) => {
        let row: SeriesRow = { writer: 1, seq: 0 };
        const stream: number[] = [];
        for (const { from, count } of attempts) {
          const decision = decideAppend([run('a', from, count)], 1, () => row);
          if (decision.kind !== 'append') {
            expect(from).toBeGreaterThan(row.seq + 1);
            continue;
          }
          for (let n = decision.skips[0]!; n < count; n++) stream.push(from + n);
          row = decision.rows.get('a') ?? row;
        }
        expect(stream).toEqual(stream.map((_, index) => index + 1));
        expect(row.seq).toBe(stream.length);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
