import { performance } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import type { OrderEvent, Store, TradeEvent } from '@alpha-engine/core';
import { connectServerDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import { startPostgresServer } from '@alpha-engine/core/testing';
import { from } from 'pg-copy-streams';
import type { BenchRow } from './bench-row.js';
import { median } from './median.js';

const BATCH = 10_000;
const JOURNAL_BATCH = 1000;
const ROUNDS = 7;
const BAR = 0.8;

type Pool = Awaited<ReturnType<typeof connectServerDatabase>>['pool'];

/** History and journal on a real PostgreSQL server of this run's own, with its durability as it comes (fsync on). */
export async function run(): Promise<BenchRow[]> {
  const server = await startPostgresServer({ settings: ['fsync=on'] });
  try {
    const { pool } = await connectServerDatabase({ url: server.url });
    const copying = createPostgresStore(pool, { copy: true });
    const inserting = createPostgresStore(pool);
    await copying.migrate();
    await pool.query(`CREATE TABLE bare (LIKE raw_events);
      CREATE TABLE keyed (LIKE raw_events INCLUDING INDEXES);
      CREATE TABLE bare_events (LIKE order_events INCLUDING INDEXES)`);
    const history = await measureHistory(pool, copying, inserting);
    const journal = await measureJournal(pool, copying);
    await copying.close();
    return [...history, journal];
  } finally {
    await server.stop();
  }
}

async function measureHistory(pool: Pool, copying: Store, inserting: Store): Promise<BenchRow[]> {
  const seconds = { bare: [] as number[], keyed: [] as number[], copy: [] as number[], unnest: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    const one = trades(2 * round * BATCH);
    const other = trades((2 * round + 1) * BATCH);
    const measured = {
      bare: await timed(() => copy(pool, 'bare', one)),
      keyed: await timed(() => copy(pool, 'keyed', one)),
      copy: await timed(() => copying.appendRawEvents(one)),
      unnest: await timed(() => inserting.appendRawEvents(other)),
    };
    // The first round compiles and makes the partition; it is not counted.
    if (round === 0) continue;
    for (const name of ['bare', 'keyed', 'copy', 'unnest'] as const) seconds[name].push(measured[name]);
  }
  const row = (name: string, own: readonly number[], reference: string, other: readonly number[], note: string) => {
    const ratio = median(own.map((value, n) => other[n]! / value));
    const value = Math.round(BATCH / median(own));
    return { name, reference, value, ratio, bar: `≥ ${BAR}x`, met: ratio >= BAR, unit: 'events/s', note };
  };
  const keyed = 'COPY by pg-copy-streams of the same rows into a table with the same indexes';
  const bare = 'COPY by pg-copy-streams of the same rows into a table without any index';
  return [
    row(
      'history into PostgreSQL, by COPY',
      seconds.copy,
      keyed,
      seconds.keyed,
      'ours finds repetitions and routes to the day',
    ),
    row(
      'history into PostgreSQL, by COPY',
      seconds.copy,
      bare,
      seconds.bare,
      'the unique key that finds repetitions costs the rest',
    ),
    row(
      'history into PostgreSQL, by unnest',
      seconds.unnest,
      keyed,
      seconds.keyed,
      'what repetitions fall back to, and the embedded database uses',
    ),
  ];
}

async function measureJournal(pool: Pool, store: Store): Promise<BenchRow> {
  const owner = await store.takeOver('execution:gmo');
  const own: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const events = orderEvents(round * JOURNAL_BATCH);
    const reference = await timed(() =>
      pool.query(
        `INSERT INTO bare_events (row_id, id, type, client_order_id, ts, event)
         SELECT row_number() OVER (), * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::json[])`,
        [
          events.map(({ id }) => id),
          events.map(({ type }) => type),
          events.map(({ data }) => data.client_order_id),
          events.map(({ ts }) => ts),
          events.map((event) => JSON.stringify(event)),
        ],
      ),
    );
    const record = { brain: owner.brain, fence: owner.fence, batch: round + 1, ts: round, inputs: null };
    const ours = await timed(() =>
      store.commit({ ...record, checkpoint: { positions: {}, state: {} }, orderEvents: events }),
    );
    if (round === 0) continue;
    own.push(ours);
    bare.push(reference);
  }
  const ratio = median(own.map((value, n) => bare[n]! / value));
  return {
    name: 'journal: a step with 1000 order events on a server',
    reference: 'bare INSERT … SELECT unnest × 1000 into a table with the same indexes',
    value: Math.round(JOURNAL_BATCH / median(own)),
    ratio,
    bar: `≥ ${BAR}x`,
    met: ratio >= BAR,
    unit: 'events/s',
    note: 'ours has the transaction, the fence, the checkpoint and the reference to the order more',
  };
}

async function copy(pool: Pool, table: string, events: readonly TradeEvent[]): Promise<void> {
  const client = await pool.connect();
  try {
    const stream = client.query(from(`COPY ${table} (type, exchange, symbol, ts, seq, event) FROM STDIN`));
    const lines = events.map((event) => {
      const { type, exchange, symbol, ts, seq } = event;
      return `${type}\t${exchange}\t${symbol}\t${ts}\t${seq}\t${JSON.stringify(event)}\n`;
    });
    stream.end(lines.join(''));
    await finished(stream);
  } finally {
    client.release();
  }
}

function trades(after: number): TradeEvent[] {
  return Array.from({ length: BATCH }, (_, n) => ({
    type: 'trade',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1_732_233_600_000 + after + n,
    seq: after + n + 1,
    data: { price: 6_123_456 + (n % 97), size: 0.01, side: n % 2 === 0 ? 'buy' : 'sell' },
  }));
}

function orderEvents(after: number): OrderEvent[] {
  return Array.from({ length: JOURNAL_BATCH }, (_, n) => ({
    type: 'order',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1_732_233_600_000 + after + n,
    id: `event-${after + n}`,
    data: {
      client_order_id: `order-${after + n}`,
      signal_id: `signal-${after + n}`,
      strategy: 'ma-cross',
      status: 'NEW',
      request: 'none',
      side: 'buy',
      effect: 'open',
      order_type: 'market',
      size: '0.01',
      filled_size: '0',
    },
  }));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
