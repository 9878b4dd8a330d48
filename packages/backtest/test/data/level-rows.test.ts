import { AlphaError, Decimal, type MarketEvent } from '@alpha-engine/core';
import { NO_LATENCY } from '@alpha-engine/core/simulation';
import { expect, it } from 'vitest';
import { EventFiles, symbolIn } from '../../src/index.js';
import { DataFiles } from '../support/data-files.js';
import { atTrades, book, playTape, START_TS, toldOrders, trade } from '../support/play-tape.js';

const files = new DataFiles();
const HEADER = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
const SIDES = ['bid', 'ask'] as const;
type Side = (typeof SIDES)[number];

const row = (ms: number, snapshot: boolean, side: Side, price: number, size: number) =>
  `gmo,ABC,${(START_TS + ms) * 1_000},${(START_TS + ms + 5) * 1_000},${snapshot},${side},${price},${size}\n`;

async function read(text: string, badRows: 'refuse' | 'skip' = 'refuse'): Promise<readonly MarketEvent[]> {
  const source = new EventFiles({
    files: [files.write(`${HEADER}\n${text}`)],
    exchange: 'gmo',
    symbol: 'ABC',
    badRows,
  });
  const all: MarketEvent[] = [];
  for await (const events of source.events()) all.push(...events);
  return all;
}

/** Books of five levels a side that walk up and down; what a back-test makes of them must not depend on how they were written. */
function walk(): readonly (readonly [bids: [number, number][], asks: [number, number][]])[] {
  return Array.from({ length: 200 }, (_, step) => {
    const middle = 100 + Math.round(8 * Math.sin(step / 9));
    const level = (away: number): [number, number] => [middle + away, 1 + ((step * 7 + away * 3 + 30) % 5)];
    return [[-1, -2, -3, -4, -5].map(level), [1, 2, 3, 4, 5].map(level)];
  });
}

/** The changes from book to book. */
function changes(): string {
  const known = { bid: new Map<number, number>(), ask: new Map<number, number>() };
  return walk()
    .map(([bids, asks], step) =>
      SIDES.map((side) => {
        const now = new Map(side === 'bid' ? bids : asks);
        const gone = [...known[side].keys()].filter((price) => !now.has(price)).map((price) => [price, 0] as const);
        const other = [...now].filter(([price, size]) => known[side].get(price) !== size);
        known[side] = now;
        return [...gone, ...other].map(([price, size]) => row(step * 10, step === 0, side, price, size)).join('');
      }).join(''),
    )
    .join('');
}

it('makes of changed levels the fills that whole books make', async () => {
  const acts = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [index * 60 + 5, index % 2 === 0 ? 'long' : 'exit'] as const),
  );
  const trades = Object.keys(acts).map((ms) => trade(Number(ms), 100, 0.1));
  const run = (books: readonly MarketEvent[]) =>
    playTape(
      atTrades(acts),
      [...books, ...trades].toSorted((a, b) => a.ts - b.ts),
      {
        fill: { model: 'book-walk', slippage: 0, slippageOn: 'all', latency: NO_LATENCY },
        sizing: { kind: 'fixed', size: Decimal.of(6) },
      },
    ).result;
  const whole = run(walk().map(([bids, asks], step) => book(step * 10, bids, asks)));
  const changed = await read(changes());
  expect(changed).toHaveLength(200);
  expect(changed[0]).toMatchObject({ ts: START_TS, recv_ts: START_TS + 5, data: { is_snapshot: true } });
  expect(toldOrders(run(changed))).toEqual(toldOrders(whole));
  expect(toldOrders(whole).length).toBeGreaterThan(20);
});

it('begins a new book with the first row of a snapshot, and adds what comes in further messages of it', async () => {
  const events = await read(
    [
      row(0, false, 'bid', 90, 1),
      row(1, true, 'bid', 99, 2),
      row(1, true, 'ask', 101, 2),
      row(2, true, 'ask', 102, 0),
      // The exchange's clock went back; the order of the book's changes does not.
      row(1, false, 'bid', 99, 0),
      row(3, true, 'bid', 98, 1),
    ].join(''),
  );
  expect(events.map(({ data, ts }) => [ts - START_TS, data])).toEqual([
    [0, { is_snapshot: false, bids: [[90, 1]], asks: [] }],
    [1, { is_snapshot: true, bids: [[99, 2]], asks: [[101, 2]] }],
    [2, { is_snapshot: false, bids: [], asks: [[102, 0]] }],
    [2, { is_snapshot: false, bids: [[99, 0]], asks: [] }],
    [3, { is_snapshot: true, bids: [[98, 1]], asks: [] }],
  ]);
});

it.each([
  ['price zero or negative', row(1, false, 'bid', 0, 1)],
  ['size negative', row(1, false, 'bid', 1, -1)],
  ['side neither bid nor ask', row(1, false, 'bid', 1, 1).replace('bid', 'both')],
  ['is_snapshot neither true nor false', row(1, false, 'bid', 1, 1).replace('false', 'perhaps')],
])('%s: refused, or left out and counted', async (problem, bad) => {
  const text = `${row(0, true, 'bid', 99, 1)}${bad}${row(2, false, 'bid', 98, 1)}`;
  const error = await read(text).catch((caught: unknown) => caught);
  expect(AlphaError.is(error) && error.message).toContain(`has bad rows: ${problem}: 1 row (line 3).`);
  expect(await read(text, 'skip')).toHaveLength(2);
});

it('is recognised, with its symbol, however long its first book is', async () => {
  const levels = Array.from({ length: 50 }, (_, index) => row(0, true, 'bid', 100 - index, 1)).join('');
  const path = files.write(`${HEADER}\n${levels}`);
  expect(await symbolIn({ files: [path], exchange: 'gmo', timeframe: '1m' })).toBe('ABC');
});
