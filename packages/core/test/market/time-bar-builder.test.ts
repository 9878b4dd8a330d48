import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Bar,
  CLOCK_GRACE_MS,
  intervalStart,
  TimeBarBuilder,
  type Timeframe,
  timeframeMs,
} from '../../src/index.js';

const KEY = { exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m' } as const;
const MINUTE = 60_000;

type Trade = readonly [ts: number, price: number, size: number];

const trades = fc
  .array(fc.tuple(fc.nat({ max: 90_000 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 100 })), {
    maxLength: 200,
    size: 'max',
  })
  .map((steps) => {
    let ts = 1_732_312_345_123;
    return steps.map(([wait, price, size]): Trade => {
      ts += wait;
      return [ts, price, size / 1000];
    });
  });

/** The reference: groups the trades by interval, as anybody would on a sheet of paper; the first one counts only where its beginning is known. */
function barsOnPaper(timeframe: Bar['timeframe'], all: readonly Trade[]): Bar[] {
  const length = timeframeMs(timeframe);
  const groups = new Map<number, Trade[]>();
  for (const trade of all) {
    const openTs = intervalStart(timeframe, trade[0]);
    groups.set(openTs, [...(groups.get(openTs) ?? []), trade]);
  }
  if (all[0] !== undefined && intervalStart(timeframe, all[0][0]) !== all[0][0]) {
    groups.delete(intervalStart(timeframe, all[0][0]));
  }
  return [...groups].map(([openTs, group]) => {
    const prices = group.map(([, price]) => price);
    const volume = group.reduce((sum, [, , size]) => sum + size, 0);
    const [open, high, low, close] = [prices[0]!, Math.max(...prices), Math.min(...prices), prices.at(-1)!];
    return {
      ...KEY,
      timeframe,
      openTs,
      closeTs: openTs + length,
      open,
      high,
      low,
      close,
      volume,
      trades: group.length,
    };
  });
}

function feed(builder: TimeBarBuilder, all: readonly Trade[]): Bar[] {
  return all.flatMap(([ts, price, size]) => {
    const closed = builder.add(ts, price, size);
    if (closed === 'late') throw new Error(`A trade in order was called late at ${ts}.`);
    return closed === null ? [] : [closed];
  });
}

describe('bars', () => {
  test('equal bars drawn up on paper, in every timeframe; the last one stays open', () => {
    fc.assert(
      fc.property(
        trades,
        fc.constantFrom<Timeframe>('1s', '7s', '90s', '1m', '7m', '1h', '5h', '1d', '1w'),
        (all, timeframe) => {
          const bars = feed(new TimeBarBuilder({ ...KEY, timeframe }), all);
          const open = all.length === 0 ? 0 : intervalStart(timeframe, all.at(-1)![0]);
          expect(bars).toEqual(barsOnPaper(timeframe, all).filter(({ openTs }) => openTs !== open));
        },
      ),
    );
  });

  test('an interval without trades has no bar', () => {
    const builder = new TimeBarBuilder(KEY);
    builder.add(0, 5, 1);
    expect(builder.add(10 * MINUTE, 6, 1)).toMatchObject({ openTs: 0, closeTs: MINUTE });
    expect(builder.add(11 * MINUTE, 7, 1)).toMatchObject({ openTs: 10 * MINUTE });
  });

  test('a trade at the very end belongs to the next bar', () => {
    const builder = new TimeBarBuilder(KEY);
    builder.add(0, 4, 1);
    builder.add(MINUTE - 1, 5, 1);
    expect(builder.add(MINUTE, 6, 2)).toMatchObject({ close: 5, volume: 2, trades: 2 });
  });

  test('are not given where the first trade comes inside an interval: not by a trade, nor by the clock, nor after a restart', () => {
    const due = MINUTE + CLOCK_GRACE_MS;
    for (const restart of [false, true]) {
      for (const [closing, late] of [
        [(builder: TimeBarBuilder) => builder.add(MINUTE, 6, 1), false],
        [(builder: TimeBarBuilder) => builder.closeByClock(due, due), true],
      ] as const) {
        const first = new TimeBarBuilder(KEY);
        first.add(1, 5, 1);
        const builder = restart ? new TimeBarBuilder(KEY, JSON.parse(JSON.stringify(first.snapshot()))) : first;
        expect(closing(builder)).toBeNull();
        if (late) expect(builder.add(MINUTE - 1, 9, 1)).toBe('late');
        builder.add(MINUTE + 7, 6, 1);
        expect(builder.add(2 * MINUTE, 7, 1)).toMatchObject({ openTs: MINUTE, trades: late ? 1 : 2 });
      }
    }
  });

  test('are not given of shorter ones that begin inside an interval', () => {
    const shorter = (minute: number): Bar => {
      const openTs = minute * MINUTE;
      return { ...KEY, openTs, closeTs: openTs + MINUTE, open: 1, high: 1, low: 1, close: 1, volume: 1, trades: 1 };
    };
    const builder = new TimeBarBuilder({ ...KEY, timeframe: '3m' });
    const bars = [1, 2, 4, 6, 7].flatMap((minute) => builder.merge(shorter(minute)));
    expect(bars).toMatchObject([{ openTs: 3 * MINUTE, trades: 1 }]);
    expect([0, 2].flatMap((minute) => new TimeBarBuilder({ ...KEY, timeframe: '3m' }).merge(shorter(minute)))).toEqual(
      [],
    );
  });

  test('go on after a restart at any trade, by way of JSON', () => {
    fc.assert(
      fc.property(trades, fc.nat(), (all, where) => {
        const cut = where % (all.length + 1);
        const before = new TimeBarBuilder(KEY);
        const bars = feed(before, all.slice(0, cut));
        const after = new TimeBarBuilder(KEY, JSON.parse(JSON.stringify(before.snapshot())));
        expect([...bars, ...feed(after, all.slice(cut))]).toEqual(feed(new TimeBarBuilder(KEY), all));
      }),
    );
  });
});

describe('late trades', () => {
  test('change nothing before the open bar', () => {
    const builder = new TimeBarBuilder(KEY);
    builder.add(MINUTE + 5, 10, 1);
    const before = builder.snapshot();
    expect(builder.add(MINUTE - 1, 99, 9)).toBe('late');
    expect(builder.snapshot()).toEqual(before);
  });

  test('do not open a bar that the clock has closed, also after a restart', () => {
    const builder = new TimeBarBuilder(KEY);
    builder.add(0, 10, 1);
    const due = MINUTE + CLOCK_GRACE_MS;
    expect(builder.closeByClock(due, due)).toMatchObject({ openTs: 0, close: 10 });
    expect(builder.add(MINUTE - 1, 99, 9)).toBe('late');
    expect(new TimeBarBuilder(KEY, builder.snapshot()).add(MINUTE - 1, 99, 9)).toBe('late');
    expect(builder.add(MINUTE, 11, 1)).toBeNull();
  });

  test('within the open bar count, whatever their order', () => {
    const builder = new TimeBarBuilder(KEY);
    builder.add(0, 9, 1);
    builder.add(50, 10, 1);
    expect(builder.add(40, 12, 1)).toBeNull();
    expect(builder.add(MINUTE, 1, 1)).toMatchObject({ open: 9, high: 12, close: 12, trades: 3 });
  });
});

describe('the clock', () => {
  const due = MINUTE + CLOCK_GRACE_MS;
  test.each([
    ['both are past the end and 2 s', due, due, true],
    ['the feed is far past', due, due + MINUTE, true],
    ['the clock is 1 ms short', due - 1, due, false],
    ['the feed is 1 ms short', due + MINUTE, due - 1, false],
  ])('closes the bar or waits: %s', (_case, clockTs, seenTs, closes) => {
    const builder = new TimeBarBuilder(KEY);
    builder.add(0, 10, 1);
    expect(builder.closeByClock(clockTs, seenTs) !== null).toBe(closes);
  });

  test('has nothing to close before the first trade, nor twice', () => {
    const builder = new TimeBarBuilder(KEY);
    expect(builder.closeByClock(due, due)).toBeNull();
    builder.add(0, 10, 1);
    expect(builder.closeByClock(due, due)).not.toBeNull();
    expect(builder.closeByClock(due, due)).toBeNull();
  });
});
