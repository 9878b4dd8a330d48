import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectServerDatabase,
  createPostgresStore,
  type EmbeddedDatabase,
  openEmbeddedDatabase,
} from '../../src/store/postgres/index.js';
import { MIGRATIONS } from '../../src/store/postgres/migrations/index.js';
import { START } from '../../src/testing/store-records.js';
import { OLD_INPUTS, OLD_SIGNAL, OLD_STATE, OLD_TRADE, ROWS_OF_VERSION } from './support/rows-of-version.js';
import { startServer, type TestServer } from './support/start-server.js';

const NEWEST = MIGRATIONS.at(-1)!;

test('there are rows of every version', () => {
  expect(Object.keys(ROWS_OF_VERSION).map(Number)).toEqual(MIGRATIONS.map(({ version }) => version));
});

/** Every table that holds rows of ours, partitions counted as their table. */
async function emptyTables(pool: Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  const empty: string[] = [];
  for (const { name } of rows) {
    const found = await pool.query(`SELECT FROM ${name} LIMIT 1`);
    if (found.rowCount === 0) empty.push(name);
  }
  return empty;
}

async function upgrade(pool: Pool, version: number): Promise<void> {
  const older = createPostgresStore(pool, { migrations: MIGRATIONS.slice(0, version) });
  await older.migrate();
  await pool.query(ROWS_OF_VERSION[version]!);
  expect(await emptyTables(pool), 'a table without a row proves nothing').toEqual([]);

  const store = createPostgresStore(pool);
  if (version < NEWEST.version) {
    await expect(store.checkSchema()).rejects.toMatchObject({ code: 'STORE_OLDER_SCHEMA' });
  }
  await store.migrate();
  await store.checkSchema();
  expect(await emptyTables(pool)).toEqual([]);

  const series = { exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
  const raw = [];
  for await (const page of store.rawEvents(series, { from: START, to: START + 1 })) raw.push(...page);
  expect(raw).toEqual([OLD_TRADE]);
  expect(await store.appendRawEvents([OLD_TRADE, { ...OLD_TRADE, seq: 2 }])).toBe(1);
  const bar = { open: 1, high: 0.1 + 0.2, low: 1e-7, close: 1 / 3, volume: 5e-324, trades: 3 };
  expect(await store.bars({ exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m' })).toMatchObject([bar]);
  const [signal] = await store.signals();
  expect(JSON.stringify(signal?.event)).toBe(JSON.stringify(OLD_SIGNAL));
  expect(signal?.bar).toEqual({ timeframe: '1m', openTs: START });
  expect(await store.verdicts()).toEqual([
    { signalId: 'signal-1', approved: true, inputs: { age: { ms: 12 } }, ts: START + 60_001 },
  ]);
  const [row] = await store.orders();
  expect(row?.order).toMatchObject({ status: 'FILLED', exchangeOrderId: 'exchange-1' });
  expect(row?.order.terms.price?.toString()).toBe('123456789012345678901234567890.123456789');
  expect(row?.fees.toString()).toBe('-0.3');
  expect(JSON.stringify(await store.orderEvents('order-1'))).toBe('[{"type":"order","id":"event-1","b":1,"a":2}]');
  expect((await store.fills())[0]).toMatchObject({ clientOrderId: 'order-1', fill: { executionId: 'execution-1' } });
  expect((await store.positions())[0]?.averagePrice.toString()).toBe('6123456.000000000000000001');
  expect((await store.latestEquity())?.equity.toString()).toBe('999999.99');
  const log = [];
  for await (const one of store.inputLog('strategy:gmo', 0)) log.push(one);
  expect(log).toEqual([{ batch: 7, ts: START + 60_009, inputs: OLD_INPUTS }]);
  expect(await store.unpublished('strategy:gmo')).toEqual([{ batch: 7, event: OLD_SIGNAL }]);
  const kept = await pool.query(
    'SELECT (SELECT facts FROM sessions) AS facts, (SELECT message FROM logs) AS message, (SELECT fields FROM logs) AS fields',
  );
  expect(kept.rows).toEqual([{ facts: { node: 'v20' }, message: 'odd', fields: { a: 1 } }]);

  const owner = await store.takeOver('strategy:gmo');
  expect(owner.fence).toBe(4);
  expect(JSON.stringify(owner.checkpoint?.state)).toBe(JSON.stringify(OLD_STATE));
  const { positions } = owner.checkpoint!;
  const next = { brain: 'strategy:gmo', fence: 4, batch: 8, ts: START + 70_000, inputs: null };
  await store.commit({ ...next, checkpoint: { positions, state: OLD_STATE }, publishedBatch: 7 });

  // The version that wrote it meets it again: it is refused in one sentence, and nothing is touched.
  if (version < NEWEST.version) {
    const refused = { code: 'STORE_NEWER_SCHEMA', message: expect.stringContaining('install that one') };
    await expect(older.migrate()).rejects.toMatchObject(refused);
    await expect(older.checkSchema()).rejects.toMatchObject(refused);
  }
}

describe('a database of an older version is brought up to date and read', () => {
  let server: TestServer;
  let database: EmbeddedDatabase;
  let folder: string;
  beforeAll(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), 'alpha-upgrade-'));
    database = await openEmbeddedDatabase({ folder });
  });
  afterAll(async () => {
    await server.stop();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const { version } of MIGRATIONS) {
    test(`version ${version}, on a server`, async () => {
      const { pool, close } = await connectServerDatabase({ url: await server.newDatabase() });
      await upgrade(pool, version).finally(close);
    });

    test(`version ${version}, embedded`, async () => {
      await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      await upgrade(database.pool, version);
    });
  }

  test('by several processes at once, of which each finds it whole', async () => {
    const url = await server.newDatabase();
    const pools = await Promise.all([1, 2, 3, 4].map(() => connectServerDatabase({ url })));
    const { pool } = pools[0]!;
    await createPostgresStore(pool, { migrations: MIGRATIONS.slice(0, 1) }).migrate();
    await pool.query(ROWS_OF_VERSION[1]!);
    const stores = pools.map((one) => createPostgresStore(one.pool));
    await Promise.all(stores.map((store) => store.migrate()));
    for (const store of stores) await store.checkSchema();
    const { rows } = await pool.query(
      'SELECT version, count(*)::int AS times FROM schema_migrations GROUP BY 1 ORDER BY 1',
    );
    expect(rows).toEqual(MIGRATIONS.map(({ version }) => ({ version, times: 1 })));
    expect((await pool.query('SELECT FROM raw_events')).rowCount).toBe(1);
    await Promise.all(pools.map((one) => one.close()));
  });
});
