import { MemoryBus, MetricsRegistry, Publisher, silentLogger, type TradeEvent } from '@alpha-engine/core';
import { openStoreArchive, readArchive, storeArchiveWriter, verifyArchive } from '@alpha-engine/core/archive';
import { connectServerDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import { runArchiver } from '@alpha-engine/core/process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../store/support/start-server.js';

const START = Date.parse('2024-11-22T23:59:59.000Z');
const EVENTS = 4000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function trade(n: number): TradeEvent {
  const symbol = n % 3 === 0 ? 'ETH' : 'BTC';
  return { type: 'trade', exchange: 'gmo', symbol, ts: START + n, data: { price: 1 + n, size: 0.01, side: 'sell' } };
}

test('a database that is killed and restarted under the archiver has everything once', async () => {
  const { pool } = await connectServerDatabase({ url: await server.newDatabase() });
  const store = createPostgresStore(pool, { copy: true });
  await store.migrate();
  const bus = new MemoryBus();
  const publisher = await Publisher.open(bus, []);
  const metrics = new MetricsRegistry();
  const stop = new AbortController();
  const running = runArchiver(
    {
      bus,
      writer: storeArchiveWriter(store),
      group: 'archive',
      consumer: 'test',
      wallClock: { now: () => START },
      logger: silentLogger,
      metrics,
      flushMs: 5,
    },
    stop.signal,
  );
  const lag = async () => (await bus.lag('archive')).reduce((sum, one) => sum + one.lag, 0);
  const caughtUp = async () => {
    while ((await lag()) > 0) await new Promise((resolve) => setImmediate(resolve));
  };
  for (let n = 0; n < EVENTS / 2; n++) await publisher.publish([trade(n)]);
  await caughtUp();
  await server.restart('kill', async () => {
    for (let n = EVENTS / 2; n < EVENTS; n++) await publisher.publish([trade(n)]);
    while (!metrics.samples().some(({ name }) => name === 'alpha_archive_retries_total')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  await caughtUp();
  stop.abort();
  expect(await running).toEqual({ read: EVENTS, archived: EVENTS });

  const archive = openStoreArchive(store);
  expect(await verifyArchive(archive)).toMatchObject({ segments: 4, rows: EVENTS, gaps: [], damaged: [] });
  let next = 0;
  for await (const event of readArchive(archive)) expect(event).toMatchObject(trade(next++));
  expect(next).toBe(EVENTS);
  await store.close();
}, 60_000);
