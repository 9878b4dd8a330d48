import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import { intervalStart, parseTimeframe, TIMEFRAMES, timeframeMs } from '../../src/market/timeframe.js';

const MIDNIGHT = Date.UTC(2024, 10, 22);

describe('timeframes', () => {
  it('run from 1s to 1d, shortest first, and each divides the day', () => {
    const lengths = TIMEFRAMES.map(timeframeMs);
    expect(TIMEFRAMES.at(0)).toBe('1s');
    expect(TIMEFRAMES.at(-1)).toBe('1d');
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(lengths.every((length) => timeframeMs('1d') % length === 0)).toBe(true);
  });

  it.each(TIMEFRAMES)('%s means the length its name says', (timeframe) => {
    const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[timeframe.at(-1)!]!;
    expect(timeframeMs(parseTimeframe(timeframe))).toBe(Number.parseInt(timeframe, 10) * unit);
  });

  it.each(['', '1', 'm', '2s', '1M', '60s', '1 m', 'toString', '__proto__'])(
    'refuses "%s" and names those there are',
    (text) => {
      try {
        parseTimeframe(text);
        expect.unreachable();
      } catch (error) {
        expect(AlphaError.is(error, 'UNKNOWN_TIMEFRAME')).toBe(true);
        expect((error as Error).message).toContain('1m');
      }
    },
  );
});

describe('intervalStart', () => {
  it.each([
    ['1s', MIDNIGHT + 999, MIDNIGHT],
    ['1m', MIDNIGHT + 60_000, MIDNIGHT + 60_000],
    ['4h', MIDNIGHT + 4 * 3_600_000 - 1, MIDNIGHT],
    ['1d', MIDNIGHT + 86_399_999, MIDNIGHT],
  ] as const)('of %s at %d is %d', (timeframe, ts, start) => {
    expect(intervalStart(timeframe, ts)).toBe(start);
  });

  it('puts every millisecond in exactly one interval, aligned to the epoch', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIMEFRAMES), fc.integer({ min: 0, max: 4_102_444_800_000 }), (timeframe, ts) => {
        const start = intervalStart(timeframe, ts);
        expect(start % timeframeMs(timeframe)).toBe(0);
        expect(ts - start).toBeGreaterThanOrEqual(0);
        expect(ts - start).toBeLessThan(timeframeMs(timeframe));
      }),
    );
  });
});
