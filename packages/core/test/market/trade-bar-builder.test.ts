import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bar, compareBarKeys, openBarBuilder, type Timeframe } from '../../src/index.js';

type Trade = readonly [ts: number, price: number, size: number];

const SERIES = { exchange: 'gmo', symbol: 'BTC_JPY' } as const;
const START = 1_732_312_345_123;

const trades = fc
  .array(
    fc.tuple(fc.constantFrom(0, 0, 0, 1, 70_000), fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30 })),
    { maxLength: 200, size: 'max' },
  )
  .map((steps) => {
    let ts = START;
    return steps.map(([wait, price, tenths]): Trade => {
      ts += wait;
      return [ts, price, tenths / 10];
    });
  });

const timeframes = fc.constantFrom<Timeframe>('1t', '2t', '7t', '0.1v', '3v', '20v', '1q', '100q', '999.5q');

function build(timeframe: Timeframe, all: readonly Trade[]): Bar[] {
  const builder = openBarBuilder({ ...SERIES, timeframe });
  return all.flatMap(([ts, price, size]) => {
    const closed = builder.add(ts, price, size);
    if (closed === 'late') throw new Error(`A trade in order was called late at ${ts}.`);
    return closed === null ? [] : [closed];
  });
}

/** The reference: in whole tenths of a coin, which add up exactly. */
function barsOnPaper(timeframe: Timeframe, all: readonly Trade[]): (readonly Trade[])[] {
  const enough = Math.round(Number.parseFloat(timeframe) * 10);
  const measure = ([, price, size]: Trade) =>
    timeframe.endsWith('t') ? 10 : Math.round(size * 10) * (timeframe.endsWith('q') ? price : 1);
  const bars: Trade[][] = [];
  let open: Trade[] = [];
  for (const trade of all) {
    open.push(trade);
    if (open.reduce((sum, each) => sum + measure(each), 0) < enough) continue;
    bars.push(open);
    open = [];
  }
  return bars;
}

describe('bars of trades, volume and value', () => {
  test('equal bars drawn up on paper: the trade that fills one belongs to it whole', () => {
    fc.assert(
      fc.property(trades, timeframes, (all, timeframe) => {
        const bars = build(timeframe, all);
        const paper = barsOnPaper(timeframe, all);
        expect(bars.length).toBe(paper.length);
        for (const [place, group] of paper.entries()) {
          const prices = group.map(([, price]) => price);
          expect(bars[place]).toMatchObject({
            timeframe,
            openTs: group[0]?.[0],
            closeTs: group.at(-1)?.[0],
            open: prices[0],
            high: Math.max(...prices),
            low: Math.min(...prices),
            close: prices.at(-1),
            trades: group.length,
          });
          expect(bars[place]?.volume).toBeCloseTo(
            group.reduce((sum, [, , size]) => sum + size, 0),
            9,
          );
        }
      }),
    );
  });

  test('have keys that rise, however many open in one millisecond', () => {
    fc.assert(
      fc.property(trades, timeframes, (all, timeframe) => {
        const bars = build(timeframe, all);
        for (const [place, bar] of bars.entries()) {
          const before = bars[place - 1];
          if (before !== undefined) expect(compareBarKeys(before, bar)).toBeLessThan(0);
          if (before?.openTs !== bar.openTs) expect(bar).not.toHaveProperty('ordinal');
        }
      }),
    );
    expect(
      build(
        '1t',
        [1, 2, 3].map((price) => [START, price, 1] as const),
      ).map(({ ordinal }) => ordinal),
    ).toEqual([undefined, 1, 2]);
  });

  test('go on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(trades, timeframes, fc.nat({ max: 200 }), (all, timeframe, cut) => {
        const first = openBarBuilder({ ...SERIES, timeframe });
        for (const [ts, price, size] of all.slice(0, cut)) first.add(ts, price, size);
        const copy = JSON.parse(JSON.stringify(first.snapshot()));
        const second = openBarBuilder({ ...SERIES, timeframe }, copy);
        for (const [ts, price, size] of all.slice(cut)) {
          expect(second.add(ts, price, size)).toEqual(first.add(ts, price, size));
        }
        expect(second.snapshot()).toEqual(first.snapshot());
      }),
    );
  });

  test('ten times a tenth is one, whatever binary fractions make of it', () => {
    const all = Array.from({ length: 30 }, (_, n): Trade => [START + n, 7, 0.1]);
    expect(build('1v', all).map((bar) => bar.trades)).toEqual([10, 10, 10]);
  });

  test('a trade bigger than several bars is one bar, and the next begins empty', () => {
    const bars = build('10v', [
      [START, 5, 1],
      [START + 1, 6, 95],
      [START + 2, 7, 9],
      [START + 3, 8, 1],
    ]);
    expect(bars.map(({ trades, volume, close }) => [trades, volume, close])).toEqual([
      [2, 96, 6],
      [2, 10, 8],
    ]);
  });

  test('a trade older than a bar that was given out is late and changes nothing; within the open bar order does not matter', () => {
    const builder = openBarBuilder({ ...SERIES, timeframe: '2t' });
    builder.add(START + 5, 1, 1);
    expect(builder.add(START + 10, 2, 1)).toMatchObject({ openTs: START + 5, closeTs: START + 10 });
    expect(builder.add(START + 9, 9, 1)).toBe('late');
    expect(builder.add(START + 20, 3, 1)).toBeNull();
    expect(builder.add(START + 15, 4, 1)).toMatchObject({ openTs: START + 20, closeTs: START + 20, close: 4 });
    expect(builder.add(START + 20, 5, 1)).toBeNull();
    expect(builder.add(START + 20, 5, 1)).toMatchObject({ openTs: START + 20, ordinal: 1 });
  });
});
