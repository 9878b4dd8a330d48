import { join } from 'node:path';
import type { BarSource, EventSource } from '@alpha-engine/backtest';
import {
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
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { isKept, keptData } from '../../src/services/backtest/kept-data.js';
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

async function eventsOf(source: BarSource | EventSource): Promise<readonly MarketEvent[]> {
  if (!('events' in source)) throw new Error('There are bars.');
  const all: MarketEvent[] = [];
  for await (const events of source.events()) all.push(...events);
  expect(source.provenance()).toMatchObject([{ used: all.length, faults: [], notes: [] }]);
  return all;
}

it('reads archives and buses in one order of time, only what was asked for', async () => {
  const folder = await tempFolder();
  const { config } = await loadConfig({ flags: { dataDir: join(folder, '.alpha') }, env: {}, folder });
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
  await redis.close();
  expect(await orderOf(server.url)).toEqual(expected);
}, 60_000);

it('reads the bars that an engine stored', async () => {
  const folder = await tempFolder();
  const { config } = await loadConfig({ flags: { dataDir: join(folder, '.alpha'), timeframe: '1m' }, env: {}, folder });
  const bars: Bar[] = Array.from({ length: 5_200 }, (_, n) => ({
    ...{ exchange: 'gmo', symbol: 'BTC', timeframe: '1m' as const },
    ...{ openTs: n * 60_000, closeTs: (n + 1) * 60_000 },
    ...{ open: 1, high: 2, low: 1, close: 2, volume: 1, trades: 1 },
  }));
  const { store, close } = await openStore(config, await prepareDataFolder(config.dataDir), silentLogger);
  const { fence } = await store.takeOver('strategy:test');
  await store.commit({
    brain: 'strategy:test',
    ...{ batch: 1, fence, ts: START, bars, inputs: [], checkpoint: { positions: {}, state: {} } },
  });
  await close();
  const source = keptData('db', { config, folder, symbols: ['BTC'], to: 5_100 * 60_000 });
  if (!('bars' in source)) throw new Error('There are events.');
  const read: Bar[] = [];
  for await (const batch of source.bars()) read.push(...batch);
  expect(read).toEqual(bars.slice(0, 5_100));
  expect(source.provenance()).toMatchObject([{ rows: 5_100, used: 5_100, gaps: { count: 0 } }]);
}, 60_000);
