import type { MarketEvent } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { InOrder } from '../../src/replay/in-order.js';

const MINUTE_MS = 60_000;
const HOURS = 6;

const trade = (ts: number): MarketEvent => {
  return { type: 'trade', exchange: 'x', symbol: 'A', ts, data: { price: 1, size: 1, side: 'buy' } };
};
const book = (ts: number): MarketEvent => {
  return { type: 'orderbook', exchange: 'x', symbol: 'A', ts, data: { is_snapshot: true, bids: [], asks: [] } };
};

/** All that comes out, and the most that was kept. */
function through(reads: readonly (readonly MarketEvent[])[]) {
  const market = new InOrder();
  let most = 0;
  const out = reads.flatMap((read) => {
    const ready = market.add(read);
    most = Math.max(most, market.waiting);
    return ready;
  });
  return { out: [...out, ...market.rest()], most };
}

const sorted = (reads: readonly (readonly MarketEvent[])[]) => reads.flat().toSorted((a, b) => a.ts - b.ts);

test('keeps what the order needs, and not the session', () => {
  const reads = Array.from({ length: HOURS * 3_600 }, (_, second) => [
    book(second * 1_000 + 500),
    trade(second * 1_000),
  ]);
  const { most, out } = through(reads);
  expect(out).toEqual(sorted(reads));
  expect(most).toBeLessThan(5_000);
});

test('an engine that is behind reads trades hours further than books', () => {
  const reads: MarketEvent[][] = [];
  for (let read = 0; read < 60; read++) {
    const books = Array.from({ length: 60 }, (_, index) => book((read * 60 + index) * 1_000));
    const trades = Array.from({ length: 60 }, (_, index) => trade((read * 60 + index) * MINUTE_MS + 1));
    reads.push([...books, ...trades]);
  }
  expect(through(reads).out).toEqual(sorted(reads));
});

test('what a cut cost takes its place when it is read minutes later; what is later still is not lost', () => {
  const live = (minute: number) => Array.from({ length: 600 }, (_, index) => trade(minute * MINUTE_MS + index * 100));
  const missed = live(5);
  const reads = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map(live);
  reads.splice(-1, 0, missed);
  expect(through(reads).out).toEqual(sorted(reads));

  const late = [...Array.from({ length: 60 }, (_, minute) => live(minute)), [trade(1)]];
  const { out } = through(late);
  expect(out).toHaveLength(60 * 600 + 1);
  expect(out.findIndex(({ ts }) => ts === 1)).toBeGreaterThan(10 * 600);
});
