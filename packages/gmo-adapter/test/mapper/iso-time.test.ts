import { parseIsoTime } from '@alpha-engine/gmo-adapter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('parseIsoTime', () => {
  it.each([
    ['2026-09-23T03:25:47.765Z', Date.UTC(2026, 8, 23, 3, 25, 47, 765)],
    ['2026-09-23T03:25:47Z', Date.UTC(2026, 8, 23, 3, 25, 47)],
    ['2026-09-23T03:25:47.7Z', Date.UTC(2026, 8, 23, 3, 25, 47, 700)],
    ['2026-09-23T03:25:47.765123Z', Date.UTC(2026, 8, 23, 3, 25, 47, 765)],
    ['2024-02-29T00:00:00.000Z', Date.UTC(2024, 1, 29)],
    ['1970-01-01T00:00:00.000Z', 0],
  ])('reads %s', (text, ts) => {
    expect(parseIsoTime(text)).toBe(ts);
  });

  it.each([
    '',
    '2026-09-23',
    '2026-09-23T03:25:47.765',
    '2026-09-23 03:25:47.765Z',
    '2026-13-01T00:00:00.000Z',
    '2026-00-01T00:00:00.000Z',
    '2026-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-09-23T24:00:00.000Z',
    '2026-09-23T03:60:47.765Z',
    '2026-09-23T03:25:60.765Z',
    '2026-09-23T03:25:47.7x5Z',
    '1969-12-31T23:59:59.999Z',
    '2026-09-23T03:25:47.76\u0660Z',
    1_700_000_000_000,
    null,
    undefined,
    {},
  ])('refuses %j', (text) => {
    expect(parseIsoTime(text)).toBeNaN();
  });

  it('agrees with Date on every millisecond since 1970', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) }), (ts) => {
        expect(parseIsoTime(new Date(ts).toISOString())).toBe(ts);
      }),
      { numRuns: 5_000 },
    );
  });
});
