import { MemoryBus, seriesOf, silentLogger } from '@alpha-engine/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNSHARED } from '../../src/process/brain-ownership.js';
import { Recorder } from '../../src/process/recorder.js';
import { connectServerDatabase, createPostgresStore } from '../../src/store/postgres/index.js';
import type { Store } from '../../src/store/store.js';
import { barOf, START, signalOf, stepOf } from '../../src/testing/store-records.js';
import { startCuttingProxy } from './support/cutting-proxy.js';
import { startServer, type TestServer } from './support/start-server.js';

const BRAIN = 'strategy:gmo';

describe('a PostgreSQL server that goes away', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  async function openStore(url: string, options: { timeoutMs?: number } = {}) {
    const { pool } = await connectServerDatabase({ url, ...options });
    const store = createPostgresStore(pool);
    await store.migrate();
    return { store, pool };
  }

  /** A brain that commits a bar and publishes a signal per batch, until told to stop. Returns what it acknowledged. */
  async function brainOn(store: Store) {
    const bus = new MemoryBus();
    const series = [seriesOf(signalOf(1).event)];
    const recorder = await Recorder.open({
      brain: BRAIN,
      store,
      hold: UNSHARED,
      bus,
      series,
      logger: silentLogger,
      marketClock: { now: () => START },
      lastSeqs: () => new Map(),
    });
    const subscription = await bus.subscribe({ group: 'brain', consumer: 'one', streams: ['md:trade'] });
    const record = async () => {
      const event = { ...signalOf(recorder.nextBatch).event, seq: recorder.nextBatch };
      const rows = {
        inputs: null,
        bars: [barOf(recorder.nextBatch)],
        signals: [signalOf(recorder.nextBatch)],
        outbox: [event],
      };
      await recorder.record(rows, {}, subscription);
    };
    const published = async () => (await bus.range(`signal:${series[0]!.exchange}`, null, 100_000)).length;
    return { recorder, record, published };
  }

  test.each(['stop', 'kill'] as const)(
    'the Recorder goes on after a restart (%s) and doubles nothing',
    async (how) => {
      const { store } = await openStore(await server.newDatabase());
      const brain = await brainOn(store);
      for (let n = 0; n < 20; n++) await brain.record();
      let committed = 20;
      let stopped = false;
      const running = (async () => {
        while (!stopped) {
          await brain.record();
          committed++;
        }
      })();
      await server.restart(how);
      const after = committed;
      while (committed < after + 20) await new Promise((resolve) => setImmediate(resolve));
      stopped = true;
      await running;
      expect(await store.counts()).toMatchObject({ bars: committed, signals: committed });
      expect((await store.checkpoint(BRAIN))?.batch).toBe(committed);
      expect(await brain.published()).toBe(committed);
      await store.close();
    },
    60_000,
  );

  test('a commit whose answer was lost is repeated and done once', async () => {
    const proxy = await startCuttingProxy(await server.newDatabase());
    const { store } = await openStore(proxy.url);
    const brain = await brainOn(store);
    proxy.cutEvery(3);
    for (let n = 0; n < 12; n++) await brain.record();
    expect(proxy.cuts).toBeGreaterThan(3);
    proxy.cutEvery(0);
    expect(await store.counts()).toMatchObject({ bars: 12, signals: 12 });
    expect(await brain.published()).toBe(12);
    await store.close();
    await proxy.close();
  });

  test('a server that takes no writes says so, and is tried again', async () => {
    const url = await server.newDatabase();
    const { store } = await openStore(url);
    const owner = await store.takeOver(BRAIN);
    const name = new URL(url).pathname.slice(1);
    const { pool: admin } = await connectServerDatabase({ url });
    await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const standby = createPostgresStore((await connectServerDatabase({ url })).pool);
    await expect(standby.commit(stepOf(owner))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('takes no writes'),
    });
    expect(await standby.brains()).toEqual([BRAIN]);
    // The same store, once the server is the primary again: each connection that cannot write is given up when it is met.
    await admin.query(
      `BEGIN; SET TRANSACTION READ WRITE; ALTER DATABASE ${name} SET default_transaction_read_only = off; COMMIT`,
    );
    await expect(standby.commit(stepOf(owner))).rejects.toMatchObject({ retryable: true });
    await standby.commit(stepOf(owner));
    await Promise.all([standby.close(), store.close(), admin.end()]);
  });

  test('a statement or a lock that takes too long becomes an error that may be retried', async () => {
    const { store, pool } = await openStore(await server.newDatabase(), { timeoutMs: 200 });
    const owner = await store.takeOver(BRAIN);
    const client = await pool.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE brains IN ACCESS EXCLUSIVE MODE');
    await expect(store.commit(stepOf(owner))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('too slow'),
    });
    await client.query('ROLLBACK');
    client.release();
    await store.commit(stepOf(owner));
    await store.close();
  });

  test('a server that is away is told at once, before anything else is tried', async () => {
    const url = await server.newDatabase();
    await server.restart('stop', async () => {
      await expect(connectServerDatabase({ url })).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        retryable: true,
      });
    });
  });
});
