import { AlphaError, encodeEvent, type MarketEvent } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { type DataOptions, type EventSource, openData } from '../../src/index.js';
import { DataFiles } from '../support/data-files.js';

const files = new DataFiles();
const START = Date.UTC(2024, 0, 1);

const trade = (second: number): MarketEvent => ({
  ...{ type: 'trade', exchange: 'gmo', symbol: 'BTC', ts: START + second * 1_000 },
  data: { price: 100 + second, size: 1, side: 'buy' },
});
const BOOK: MarketEvent = {
  ...{ type: 'orderbook', exchange: 'gmo', symbol: 'BTC', ts: START },
  data: { is_snapshot: true, bids: [[99, 1]], asks: [[101, 1]] },
};
const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const json = (events: readonly MarketEvent[]) =>
  files.write(events.map((event) => `${encodeEvent(event)}\n`).join(''), 'jsonl');
const csv = (of: readonly number[]) =>
  files.write(
    `symbol,side,size,price,timestamp\n${of.map((at) => `BTC,BUY,1,${100 + at},${new Date(START + at * 1_000).toISOString()}\n`).join('')}`,
  );

async function read(paths: readonly string[], badRows?: DataOptions['badRows']) {
  const options = {
    files: paths,
    exchange: 'gmo',
    symbol: 'BTC',
    timeframe: '1m',
    ...(badRows && { badRows }),
  } as const;
  const source = (await openData(options)) as EventSource;
  const events: MarketEvent[] = [];
  for await (const batch of source.events()) events.push(...batch);
  const times = events.filter(({ type }) => type === 'trade').map(({ ts }) => (ts - START) / 1_000);
  return { times, provenance: source.provenance() };
}

async function refusal(paths: readonly string[]): Promise<string> {
  const error = await read(paths).catch((caught: unknown) => caught);
  if (!AlphaError.is(error)) throw new Error(`It was not refused: ${String(error)}`);
  return error.message;
}

describe('the same trades in two files', () => {
  it.each([
    ['as CSV and as events', () => [csv(seconds(0, 60)), json(seconds(0, 60).map(trade))], 'lines 1, 2, 3, 4, 5, …'],
    [
      'as events with and without a book in front',
      () => [json(seconds(0, 60).map(trade)), json([BOOK, ...seconds(0, 60).map(trade)])],
      'lines 2, 3, 4, 5, 6, …',
    ],
  ])('%s: refused, or left out and counted', async (_what, write, lines) => {
    const paths = write();
    expect(await refusal(paths)).toContain(
      `${paths[1]} has bad rows: of the same time as ${paths[0]}, which has this symbol too: 60 rows (${lines}).`,
    );
    const { provenance, times } = await read(paths, 'skip');
    expect(times).toEqual(seconds(0, 60));
    expect(provenance.flatMap(({ faults }) => faults.map(({ count }) => count))).toEqual([60]);
    expect(provenance[1]?.used).toBe(provenance[1]?.rows === 61 ? 1 : 0);
  });

  it('in part: the file that began earlier counts until its end', async () => {
    const paths = [json(seconds(40, 100).map(trade)), csv(seconds(0, 60))];
    expect(await refusal(paths)).toContain(`of the same time as ${paths[1]}, which has this symbol too: 20 rows`);
    expect((await read(paths, 'skip')).times).toEqual(seconds(0, 100));
  });

  it('of the same kind, up to the last row', async () => {
    const path = csv(seconds(0, 60));
    expect(await refusal([path, csv(seconds(0, 60))])).toContain(
      `before the end of ${path}: 59 rows (lines 2, 3, 4, 5, 6, …); a last row of ${path} once more: 1 row (line 61)`,
    );
    expect((await read([path, csv(seconds(0, 60))], 'skip')).times).toEqual(seconds(0, 60));
  });

  it('are none where one follows the other, and where they are of other kinds', async () => {
    expect((await read([json(seconds(60, 90).map(trade)), csv(seconds(0, 60))])).times).toEqual(seconds(0, 90));
    expect((await read([csv(seconds(0, 60)), json([BOOK])])).times).toEqual(seconds(0, 60));
  });
});
