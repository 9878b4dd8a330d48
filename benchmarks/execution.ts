import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { connectServerDatabase, createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startPostgresServer, startRedisServer } from '@alpha-engine/core/testing';
import type { BenchRow } from './bench-row.js';
import { timedEngine } from './execution/timed-engine.js';

const RATES = [1_000, 10_000];
const SIGNALS = 100;
/** What one step of an order writes, about, in bytes. */
const ROW_BYTES = 4_000;

type Pool = Awaited<ReturnType<typeof connectServerDatabase>>['pool'];

/** Milliseconds. */
interface Bars {
  readonly p50: number;
  readonly p99: number;
}

/**
 * From the publishing of a signal in another process to the call that writes its order to the wire, both commits on the way included (the
 * verdict and the order; then `SUBMITTED`), while tickers stream in: on servers, and embedded. Beside two bare commits in the same database.
 */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const rate of RATES) rows.push(...(await onServers(rate)), ...(await embedded(rate)));
  return rows;
}

async function onServers(rate: number): Promise<BenchRow[]> {
  await using redis = await startRedisServer();
  const server = await startPostgresServer({ settings: ['fsync=on'] });
  try {
    const { pool } = await connectServerDatabase({ url: server.url });
    const store = createPostgresStore(pool, { copy: true });
    await store.migrate();
    const bus = await openRedisBus({ url: redis.url });
    const reference = await bareCommits(pool);
    const delays = await timedEngine({ bus, store, place: redis.url }, rate, SIGNALS);
    await bus.close();
    await store.close();
    return rowsOf('Redis and PostgreSQL', rate, delays, reference, { p50: 25, p99: 100 });
  } finally {
    await server.stop();
  }
}

async function embedded(rate: number): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-'));
  try {
    const database = await openEmbeddedDatabase({ folder: join(folder, 'database') });
    const store = createPostgresStore(database.pool);
    await store.migrate();
    const place = join(folder, 'bus');
    const bus = await openEmbeddedBus({ folder: place });
    const reference = await bareCommits(database.pool);
    const delays = await timedEngine({ bus, store, place }, rate, SIGNALS);
    await bus.close();
    await database.close();
    return rowsOf('embedded', rate, delays, reference, { p50: 50, p99: 250 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of two commits after each other, which an order needs whoever writes it. */
async function bareCommits(pool: Pool): Promise<number[]> {
  await pool.query('CREATE TABLE bare (id bigint PRIMARY KEY, body json)');
  const body = JSON.stringify({ text: 'x'.repeat(ROW_BYTES) });
  const times: number[] = [];
  for (let number = 0; number < SIGNALS; number++) {
    const begun = performance.now();
    for (const id of [2 * number, 2 * number + 1]) await pool.query('INSERT INTO bare VALUES ($1, $2)', [id, body]);
    times.push(performance.now() - begun);
  }
  await pool.query('DROP TABLE bare');
  return times;
}

function rowsOf(where: string, rate: number, delays: number[], bare: number[], bars: Bars): BenchRow[] {
  return (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(([name, part]) => {
    const value = quantile(delays, part);
    const reference = quantile(bare, part);
    return {
      name: `signal on the bus → order on the wire, ${where}, ${rate} events/s, ${name}`,
      reference: `two bare commits in the same database: ${reference.toPrecision(3)} ms`,
      value,
      ratio: value / reference,
      bar: `≤ ${bars[name]} ms`,
      met: value <= bars[name],
      unit: 'ms',
      note: `${SIGNALS} signals among the tickers, from another process; journal included; the bar is ours`,
    };
  });
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * part)] ?? Number.NaN;
}
