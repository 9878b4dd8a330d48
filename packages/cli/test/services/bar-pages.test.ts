import { type Bar, MemoryStore, parseTimeframe } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { barPages } from '../../src/services/bar-pages.js';

const START_TS = Date.UTC(2024, 0, 1);
const SERIES = { exchange: 'gmo', symbol: 'BTC', timeframe: parseTimeframe('500t') };

/** How many bars opened in each of the milliseconds: a burst of trades fills several in one. */
async function stored(
  bursts: readonly number[],
): Promise<{ readonly store: MemoryStore; readonly bars: readonly Bar[] }> {
  const prices = { open: 1, high: 1, low: 1, close: 1, volume: 1, trades: 500 };
  const bars = bursts.flatMap((count, ms) =>
    Array.from({ length: count }, (_, ordinal): Bar => {
      const openTs = START_TS + ms;
      return { ...SERIES, ...prices, openTs, closeTs: openTs, ...(ordinal > 0 && { ordinal }) };
    }),
  );
  const store = new MemoryStore();
  const { fence } = await store.takeOver('strategy:gmo');
  const checkpoint = { positions: {}, state: {} };
  await store.commit({ brain: 'strategy:gmo', fence, batch: 1, ts: START_TS, checkpoint, inputs: null, bars });
  return { store, bars };
}

test('every bar comes once, wherever the border of a page lies among those that opened together', async () => {
  const { bars, store } = await stored([1, 4, 1, 1, 3, 7, 1]);
  for (let size = 1; size <= bars.length + 1; size++) {
    const read: Bar[] = [];
    for await (const page of barPages(store, { ...SERIES, from: 0 }, size)) {
      expect(page.length).toBeLessThanOrEqual(size);
      read.push(...page);
    }
    expect(read, `pages of ${size}`).toEqual(bars);
  }
});

test('begins where it is asked to, and ends before where it is asked to', async () => {
  const { bars, store } = await stored([2, 2, 2, 2]);
  const read: Bar[] = [];
  for await (const page of barPages(store, { ...SERIES, from: START_TS + 1, to: START_TS + 3 }, 3)) read.push(...page);
  expect(read).toEqual(bars.slice(2, 6));
});
