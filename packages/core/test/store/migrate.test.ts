import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ORDER_REQUESTS, ORDER_STATUSES } from '../../src/events/order.js';
import { connectServerDatabase, createPostgresStore } from '../../src/store/postgres/index.js';
import { MIGRATIONS, type Migration } from '../../src/store/postgres/migrations/index.js';
import { DAY_MS } from '../../src/store/raw-events.js';
import { START, tradeOf } from '../../src/testing/store-records.js';
import { startServer, type TestServer } from './support/start-server.js';

const first: Migration = { version: 1, name: 'first', sql: 'CREATE TABLE a (id int)' };
const second: Migration = { version: 2, name: 'second', sql: 'CREATE TABLE b (id int)' };

describe('migrations', () => {
  let server: TestServer;
  let pool: Awaited<ReturnType<typeof connectServerDatabase>>['pool'];
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    ({ pool } = await connectServerDatabase({ url: await server.newDatabase() }));
    return () => pool.end();
  });
  const migrate = (...migrations: Migration[]) => createPostgresStore(pool, { migrations }).migrate();
  const tables = async () => {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };

  test('are applied in order, once, and go on where they stopped', async () => {
    await migrate(first);
    await migrate(first);
    await migrate(first, second);
    expect(await tables()).toEqual(['a', 'b', 'schema_migrations']);
    const { rows } = await pool.query('SELECT version, name FROM schema_migrations ORDER BY version');
    expect(rows).toEqual([
      { version: 1, name: 'first' },
      { version: 2, name: 'second' },
    ]);
  });

  test('one that fails is undone whole, and those before it stay', async () => {
    const broken = { ...second, sql: 'CREATE TABLE b (id int); CREATE TABLE a (id int)' };
    await expect(migrate(first, broken)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await tables()).toEqual(['a', 'schema_migrations']);
    await migrate(first, second);
    expect(await tables()).toEqual(['a', 'b', 'schema_migrations']);
  });

  test('a newer database is refused and not touched', async () => {
    await migrate(first, second);
    const third = { version: 1.5, name: 'late', sql: 'CREATE TABLE c (id int)' };
    await expect(migrate(first, third)).rejects.toMatchObject({
      code: 'STORE_NEWER_SCHEMA',
      message: expect.stringContaining('migration 2 (second)'),
    });
    expect(await tables()).toEqual(['a', 'b', 'schema_migrations']);
  });

  test('a changed migration is refused and nothing is applied', async () => {
    await migrate(first);
    const changed = { ...first, sql: `${first.sql} ` };
    await expect(migrate(changed, second)).rejects.toMatchObject({
      code: 'STORE_MIGRATION_CHANGED',
      message: expect.stringContaining('Migration 1 (first)'),
    });
    expect(await tables()).toEqual(['a', 'schema_migrations']);
  });

  test('the tables and the checks of orders are those of the types', async () => {
    await createPostgresStore(pool).migrate();
    expect(await tables()).toEqual(
      [
        'brains,equity,executions,input_log,logs,ohlcv,order_events,orders,outbox',
        'positions,raw_events,schema_migrations,sessions,signals,verdicts',
      ].flatMap((row) => row.split(',')),
    );
    const { rows } = await pool.query<{ name: string; check: string }>(
      `SELECT conname AS name, pg_get_constraintdef(oid) AS check FROM pg_constraint WHERE conrelid = 'orders'::regclass`,
    );
    const listed = (name: string) =>
      [...rows.find((row) => row.name === name)!.check.matchAll(/'(\w+)'/g)].map(([, value]) => value);
    expect(listed('orders_status_check')).toEqual([...ORDER_STATUSES]);
    expect(listed('orders_request_check')).toEqual([...ORDER_REQUESTS]);
  });

  test('a database of version 1 keeps its raw events when they are divided into days', async () => {
    await migrate(MIGRATIONS[0]!);
    const event = (seq: number, ts: number) => ({ ...tradeOf(seq), ts });
    const rows = [event(1, START), event(2, START + DAY_MS), event(3, START + 40 * DAY_MS)];
    for (const row of rows) {
      await pool.query(
        `INSERT INTO raw_events (type, exchange, symbol, ts, seq, event) VALUES ('trade', 'gmo', 'BTC_JPY', $1, $2, $3)`,
        [row.ts, row.seq, JSON.stringify(row)],
      );
    }
    await pool.query(
      `INSERT INTO brains (brain, fence, batch, positions, state) VALUES ('execution:gmo', 3, 7, '{}', '{"a":1}')`,
    );
    const store = createPostgresStore(pool);
    await store.migrate();
    const read = [];
    const series = { exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
    for await (const page of store.rawEvents(series, { from: 0, to: START + 100 * DAY_MS })) read.push(...page);
    expect(read).toEqual(rows);
    expect((await store.rawSegments()).map(({ rows }) => rows)).toEqual([1, 1, 1]);
    expect(await store.appendRawEvents([...rows, event(4, START + 3)])).toBe(1);
    expect((await store.takeOver('execution:gmo')).checkpoint).toMatchObject({ batch: 7, state: { a: 1 } });
    // An older version that meets it now stops.
    await expect(migrate(MIGRATIONS[0]!)).rejects.toMatchObject({ code: 'STORE_NEWER_SCHEMA' });
  });

  test('where TimescaleDB is installed, raw events become a hypertable with chunks of a day', async () => {
    // A stand-in that notes how it is called: the extension itself is in no PostgreSQL of our tests.
    const me = await pool.connect();
    await me.query('SET allow_system_table_mods = on');
    await me.query(`INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
      SELECT 99999, 'timescaledb', extowner, extnamespace, false, '2.0' FROM pg_extension WHERE extname = 'plpgsql'`);
    me.release(true);
    await pool.query(`CREATE TABLE calls (name text, detail bigint);
      CREATE FUNCTION create_hypertable(relation regclass, time_column_name name, chunk_time_interval bigint)
        RETURNS void LANGUAGE sql AS 'INSERT INTO calls VALUES (''create'', chunk_time_interval)';
      CREATE FUNCTION drop_chunks(relation regclass, older_than bigint)
        RETURNS SETOF text LANGUAGE sql AS 'INSERT INTO calls VALUES (''drop'', older_than) RETURNING ''chunk''';`);
    const store = createPostgresStore(pool);
    await store.migrate();
    expect(await store.appendRawEvents([tradeOf(1), tradeOf(1), tradeOf(2)])).toBe(2);
    expect(await store.dropRawEvents(START)).toBe(1);
    const { rows } = await pool.query('SELECT name, detail::int8 AS detail FROM calls');
    expect(rows).toEqual([
      { name: 'create', detail: String(DAY_MS) },
      { name: 'drop', detail: String(START) },
    ]);
    expect((await tables()).filter((name) => name.startsWith('raw_events'))).toEqual(['raw_events']);
  });

  test('versions ascend from 1 without a hole', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, n) => n + 1));
  });

  test('every query of the port has an index for its order', async () => {
    await createPostgresStore(pool).migrate();
    const plan = async (sql: string) => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query('SET LOCAL enable_seqscan = off');
        await client.query('SET LOCAL enable_sort = off');
        const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`);
        await client.query('ROLLBACK');
        return rows.map((row) => row['QUERY PLAN']).join('\n');
      } finally {
        client.release();
      }
    };
    expect(await plan('SELECT * FROM signals ORDER BY ts DESC, row_id DESC LIMIT 5')).toContain('signals_newest');
    expect(
      await plan(`SELECT * FROM orders WHERE symbol = 'A' ORDER BY created_ts DESC, row_id DESC LIMIT 5`),
    ).toContain('orders_symbol');
    expect(await plan('SELECT * FROM executions ORDER BY ts DESC, row_id DESC LIMIT 5')).toContain('executions_newest');
    expect(await plan(`SELECT * FROM executions WHERE client_order_id = 'x'`)).toContain('executions_order');
    await createPostgresStore(pool).appendRawEvents([tradeOf(1)]);
    expect(
      await plan(`SELECT * FROM raw_events WHERE exchange = 'gmo' AND symbol = 'A' AND type = 'trade'
                  AND ts >= ${START} AND ts < ${START + 10} AND (seq, ts) > (1, 1) ORDER BY seq, ts LIMIT 5`),
    ).toMatch(/raw_events_\d{8}_exchange_symbol_type_seq_ts_idx/);
    expect(await plan(`SELECT * FROM order_events WHERE client_order_id = 'x' ORDER BY row_id`)).toContain(
      'order_events_order',
    );
  });
});
