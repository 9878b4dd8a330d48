import type { Bar, Timeframe } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { longerBars } from '../../src/index.js';

const MINUTE = 60_000;

function minutes(...places: number[]): Bar[] {
  return places.map((place) => {
    const openTs = place * MINUTE;
    const series = { exchange: 'gmo', symbol: 'ABC', timeframe: '1m' } as const;
    const prices = { open: place, high: place + 2, low: place - 2, close: place + 1 };
    return { ...series, openTs, closeTs: openTs + MINUTE, ...prices, volume: 1, trades: 1 };
  });
}

/** As `opened at minute: open high low close, of so many`. */
async function told(bars: readonly Bar[], timeframe: Timeframe, batch: number): Promise<string[]> {
  const batches: Bar[][] = [];
  for (let at = 0; at < bars.length; at += batch) batches.push(bars.slice(at, at + batch));
  const lines: string[] = [];
  for await (const longer of longerBars({ bars: () => batches, provenance: () => [] }, '1m', timeframe).bars()) {
    for (const { close, high, low, open, openTs, trades } of longer) {
      lines.push(`${openTs / MINUTE}: ${open} ${high} ${low} ${close}, ${trades}`);
    }
  }
  return lines;
}

test.each([1, 2, 100])('shorter bars make longer ones, however they come (batches of %s)', async (batch) => {
  // The last of the second is missing, the third has none, the fourth has its last only.
  const bars = minutes(0, 1, 2, 3, 4, 11, 12);
  expect(await told(bars, '3m', batch)).toEqual(['0: 0 4 -2 3, 3', '3: 3 6 1 5, 2', '9: 11 13 9 12, 1']);
});

test('a first one that the data begin inside of is left out, and a last one that is not over', async () => {
  expect(await told(minutes(1, 2, 3, 4, 5, 6, 7), '3m', 2)).toEqual(['3: 3 7 1 6, 3']);
  expect(await told(minutes(3, 4), '3m', 2)).toEqual([]);
});

test('bars that do not make up the longer ones are refused', () => {
  const source = { bars: () => [], provenance: () => [] };
  expect(() => longerBars(source, '1h', '90m')).toThrow(/cannot be put together/);
});
