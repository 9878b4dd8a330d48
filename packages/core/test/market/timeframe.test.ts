import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import {
  barRule,
  compareTimeframes,
  divides,
  intervalStart,
  parseTimeframe,
  type Timeframe,
  timeframeMs,
} from '../../src/market/timeframe.js';

const MIDNIGHT = Date.UTC(2024, 10, 22);
const HOUR = 3_600_000;
const TIMED: readonly Timeframe[] = ['1s', '7s', '90s', '1m', '7m', '1h', '5h', '1d', '3d', '1w', '2w'];

describe('a timeframe', () => {
  it.each([
    ['30s', 30_000],
    ['90s', 90_000],
    ['7m', 420_000],
    ['1h', HOUR],
    ['3d', 72 * HOUR],
    ['1w', 168 * HOUR],
    ['366d', 366 * 24 * HOUR],
  ] as const)('%s is %d ms long', (timeframe, length) => {
    expect(timeframeMs(parseTimeframe(timeframe))).toBe(length);
  });

  it.each([
    ['500t', { kind: 'trades', size: 500 }],
    ['0.5v', { kind: 'volume', size: 0.5 }],
    ['1000000q', { kind: 'value', size: 1_000_000 }],
  ] as const)('%s closes by %o', (timeframe, rule) => {
    expect(barRule(parseTimeframe(timeframe))).toEqual(rule);
    expect(() => timeframeMs(timeframe)).toThrow('no length in time');
  });

  it.each([
    ['60s', '1m'],
    ['120m', '2h'],
    ['24h', '1d'],
    ['90m', '90m'],
    ['7d', '7d'],
    ['01m', '1m'],
    ['0.50v', '0.5v'],
  ])('%s has one name: %s', (text, name) => {
    expect(parseTimeframe(text)).toBe(name);
  });

  const odd = ['', '1', 'm', '0m', '1M', '-1m', '1.5m', '1 m', '1e3s', '367d', '53w', '0t', '1.5t', '0.0000001v'];
  it.each([...odd, '10000000000000000q', 'toString', '__proto__'])(
    'is not "%s", and the answer says what is',
    (text) => {
      try {
        parseTimeframe(text);
        expect.unreachable();
      } catch (error) {
        expect(AlphaError.is(error, 'UNKNOWN_TIMEFRAME')).toBe(true);
        for (const word of ['1m', '1w', '500t', '100v', '1000000q']) expect((error as Error).message).toContain(word);
      }
    },
  );

  it('comes before the longer ones, and time before trades', () => {
    const order: Timeframe[] = ['1s', '90s', '1h', '7d', '1w', '2t', '500t', '0.5v', '100v', '1q'];
    expect(order.toReversed().sort(compareTimeframes)).toEqual(order);
  });
});

describe('bars of one length make up another', () => {
  it.each([
    ['1m', '1h', true],
    ['7m', '1h', false],
    ['1h', '1m', false],
    ['1h', '1h', false],
    ['1d', '1w', true],
    ['2d', '1w', false],
    ['7d', '1w', false],
    ['7d', '14d', true],
    ['1m', '500t', false],
    ['1t', '1m', false],
  ] as const)('%s and %s: %s', (shorter, longer, answer) => {
    expect(divides(shorter, longer)).toBe(answer);
  });
});

describe('intervalStart', () => {
  it.each([
    ['1s', MIDNIGHT + 999, MIDNIGHT],
    ['1m', MIDNIGHT + 60_000, MIDNIGHT + 60_000],
    ['4h', MIDNIGHT + 4 * HOUR - 1, MIDNIGHT],
    ['1d', MIDNIGHT + 86_399_999, MIDNIGHT],
    ['1w', MIDNIGHT, Date.UTC(2024, 10, 18)],
    ['1w', Date.UTC(2024, 10, 18) - 1, Date.UTC(2024, 10, 11)],
  ] as const)('of %s at %d is %d', (timeframe, ts, start) => {
    expect(intervalStart(timeframe, ts)).toBe(start);
  });

  it('puts every millisecond in exactly one interval; those behind each other touch', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TIMED), fc.integer({ min: 0, max: 4_102_444_800_000 }), (timeframe, ts) => {
        const start = intervalStart(timeframe, ts);
        expect(ts - start).toBeGreaterThanOrEqual(0);
        expect(ts - start).toBeLessThan(timeframeMs(timeframe));
        expect(intervalStart(timeframe, start + timeframeMs(timeframe))).toBe(start + timeframeMs(timeframe));
        expect(intervalStart(timeframe, start - 1)).toBe(start - timeframeMs(timeframe));
      }),
    );
  });
});
