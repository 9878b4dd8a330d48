import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BarSource, EventSource } from '@alpha-engine/backtest';
import {
  AlphaError,
  type AlphaEvent,
  type Bar,
  type EventBus,
  type MarketEvent,
  Publisher,
  silentLogger,
} from '@alpha-engine/core';
import { openFileArchiveWriter } from '@alpha-engine/core/archive';
import { prepareDataFolder } from '@alpha-engine/core/process';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startPostgresServer, startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import type { Config } from '../../src/config/schema.js';
import { isKept, keptData } from '../../src/services/backtest/kept-data.js';
import { openRecords } from '../../src/services/open-records.js';
import { openStore } from '../../src/services/open-store.js';
import { withBus } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

/** Around midnight, so that an archive has two days. */
const START = Date.parse('2024-11-22T23:59:58Z');
const COUNT = 2_500;

function trade(n: number, symbol: string): AlphaEvent {
  const data = { price: 100 + n, size: 0.01, side: 'buy' } as const;
  return { type: 'trade', exchange: 'gmo', symbol, ts: START + 2 * n, data };
}

function book(n: number): AlphaEvent {
  const data = { is_snapshot: true, bids: [[99 + n, 1]], asks: [[101 + n, 1]] } as const;
  return { type: 'orderbook', exchange: 'gmo', symbol: 'BTC', ts: START + 2 * n + 1, data } as unknown as AlphaEvent;
}

const recorded = Array.from({ length: COUNT }, (_, n) => [trade(n, 'BTC'), trade(n, 'ETH'), book(n)]).flat();

async function fill(bus: EventBus): Promise<void> {
  const publisher = await Publisher.open(bus, []);
  await publisher.publish(recorded);
  await publisher.close();
}

async function eventsOf(
  source: BarSource | EventSource,
  notes: readonly string[] = [],
): Promise<readonly MarketEvent[]> {
  if (!('events' in source)) throw new Error('There are bars.');
  const all: MarketEvent[] = [];
  for await (const events of source.events()) all.push(...events);
  expect(source.provenance()).toMatchObject([{ used: all.length, faults: [], notes }]);
  return all;
}

it('reads archives and buses in one order of time, only what was asked for', async () => {
  const folder = await tempFolder();
  const { config } = await loadConfig({ flags: { 'data-dir': join(folder, '.alpha') }, env: {}, folder });
  const query = { config, folder, symbols: ['BTC'] };
  const expected = recorded.filter(({ symbol }) => symbol === 'BTC').map(({ type, ts }) => `${type} ${ts}`);
  const orderOf = async (name: string) => {
    expect(isKept(name)).toBe(true);
    return (await eventsOf(keptData(name, query))).map(({ type, ts }) => `${type} ${ts}`);
  };

  await withBus(config.dataDir, fill);
  expect(await orderOf('bus')).toEqual(expected);

  const writer = await openFileArchiveWriter({ folder: join(folder, 'kept') });
  await writer.add(recorded);
  await writer.flush();
  await writer.close();
  expect(await orderOf('archive:kept')).toEqual(expected);
  const early = keptData('archive:kept', { ...query, to: START + 100 });
  expect((await eventsOf(early)).map(({ ts }) => ts)).toEqual(Array.from({ length: 100 }, (_, n) => START + n));

  await using server = await startRedisServer();
  const redis = await openRedisBus({ url: server.url, logger: silentLogger });
  await fill(redis);
  expect(await orderOf(server.url)).toEqual(expected);

  // A bus that was trimmed says from where on it knows; what is left is all there.
  await redis.trim('md:trade', 3_000);
  await redis.close();
  const [first] = await eventsOf(keptData(server.url, { ...query, symbols: ['ETH'] }), [
    expect.stringMatching(/^what came earlier is not there: trade of ETH begins with number 1\d{3}$/),
  ]);
  expect(first?.ts).toBeGreaterThan(START);
}, 60_000);

it('refuses an archive with a day that is damaged or cut', async () => {
  const folder = await tempFolder();
  const { config } = await loadConfig({ flags: { 'data-dir': join(folder, '.alpha') }, env: {}, folder });
  const writer = await openFileArchiveWriter({ folder });
  // Two members of gzip in each file.
  await writer.add(recorded.slice(0, 6_000));
  await writer.flush();
  const day = join(folder, 'gmo/BTC/2024-11-23/trade.jsonl.gz');
  const { size } = await stat(day);
  await writer.add(recorded.slice(6_000));
  await writer.flush();
  await writer.close();
  const whole = await readFile(day);
  const archive = () => eventsOf(keptData('archive:.', { config, folder, symbols: ['BTC'] }));
  const said = async () => {
    const error = await archive().catch((one: unknown) => one);
    return AlphaError.is(error) ? `${error.code}: ${error.message}` : String(error);
  };
  await truncate(day, size);
  expect(await said()).toMatch(
    /^ARCHIVE_DAMAGED: gmo\/BTC\/2024-11-23\/trade\.jsonl\.gz has 1\d{3} rows; its manifest says 1500\. /,
  );
  await truncate(day, size - 10);
  expect(await said()).toMatch(/^ARCHIVE_DAMAGED: \S+ cannot be decompressed: unexpected end of file\. /);
  await writeFile(day, whole.with(whole.length >> 1, (whole[whole.length >> 1] ?? 0) ^ 255));
  expect(await said()).toMatch(/^ARCHIVE_DAMAGED: /);
  await writeFile(day, whole);
  expect(await archive()).toHaveLength(2 * COUNT);
}, 60_000);

async function barsOf(source: BarSource | EventSource): Promise<readonly Bar[]> {
  if (!('bars' in source)) throw new Error('There are events.');
  const read: Bar[] = [];
  for await (const batch of source.bars()) read.push(...batch);
  return read;
}

/** The database of the engine, and one on a server. */
async function storesOf(run: (config: Config, folder: string) => Promise<void>): Promise<void> {
  const folder = await tempFolder();
  const load = async (env: Record<string, string>) =>
    (await loadConfig({ flags: { 'data-dir': join(folder, '.alpha'), timeframe: '1m' }, env, folder })).config;
  await run(await load({}), folder);
  const server = await startPostgresServer();
  try {
    await run(await load({ DATABASE_URL: server.url }), folder);
  } finally {
    await server.stop();
  }
}

it('reads the bars and the raw events that a database keeps, embedded and on a server', async () => {
  const bars: Bar[] = Array.from({ length: 5_200 }, (_, n) => ({
    ...{ exchange: 'gmo', symbol: 'BTC', timeframe: '1m' as const },
    ...{ openTs: n * 60_000, closeTs: (n + 1) * 60_000 },
    ...{ open: 1, high: 2, low: 1, close: 2, volume: 1, trades: 1 },
  }));
  const numbered = recorded.slice(0, 3_000).map((event, n) => ({ ...event, seq: n + 1 }));
  await storesOf(async (config, folder) => {
    const { store, close } = await openStore(config, await prepareDataFolder(config.dataDir), silentLogger);
    const { fence } = await store.takeOver('strategy:test');
    const kept = bars.filter(({ openTs }) => openTs !== 120_000);
    const other = bars.slice(0, 2).map((bar) => ({ ...bar, symbol: 'ETH' }));
    await store.commit({
      brain: 'strategy:test',
      ...{ batch: 1, fence, ts: START, bars: [...kept, ...other], inputs: [] },
      checkpoint: { positions: {}, state: {} },
    });
    await store.appendRawEvents(numbered);
    await close();
    const query = { config, folder, symbols: ['BTC'] };
    const source = keptData('db', { ...query, to: 5_100 * 60_000 });
    expect(await barsOf(source)).toEqual(kept.filter(({ openTs }) => openTs < 5_100 * 60_000));
    expect(source.provenance()).toMatchObject([{ rows: 5_099, used: 5_099, gaps: { count: 1, longestMs: 60_000 } }]);
    const both = keptData('db', { ...query, symbols: ['BTC', 'ETH'], to: 2 * 60_000 });
    expect((await barsOf(both)).map(({ symbol }) => symbol)).toEqual(['BTC', 'ETH', 'BTC', 'ETH']);
    expect(both.provenance()).toMatchObject([{ rows: 2 }, { rows: 2 }]);
    const none = keptData('db', { ...query, symbols: ['BTC', 'XRP'] });
    await expect(barsOf(none)).rejects.toMatchObject({ code: 'DATA_INVALID', context: { symbol: 'XRP' } });

    // `alpha replay --backtest --data db:events` reads them while it has the records open.
    const held = await openRecords(config);
    for (const symbols of [['BTC'], ['BTC', 'ETH']]) {
      const events = keptData('db:events', { ...query, symbols });
      if (!('events' in events)) throw new Error('There are bars.');
      const all: MarketEvent[] = [];
      for await (const batch of events.events()) all.push(...batch);
      const expected = numbered.filter(({ symbol }) => symbols.includes(symbol));
      expect(all.map(({ seq }) => seq).toSorted()).toEqual(expected.map(({ seq }) => seq).toSorted());
      expect(all.map(({ ts }) => ts)).toEqual(expected.map(({ ts }) => ts));
    }
    await held.close();
  });
}, 60_000);
