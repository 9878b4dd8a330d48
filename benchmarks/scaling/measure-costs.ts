import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Store, silentLogger } from '@alpha-engine/core';
import { openFileArchiveWriter, storeArchiveWriter } from '@alpha-engine/core/archive';
import { connectServerDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import { runArchiver, runEngine } from '@alpha-engine/core/process';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startPostgresServer, startRedisServer } from '@alpha-engine/core/testing';
import { maCross } from '@alpha-engine/strategies';
import { Redis } from 'ioredis';
import { runOwnCollector } from '../collector/own-collector.js';
import { withExchange } from '../receive/with-exchange.js';
import { CpuMeter, type CpuSeconds } from './cpu-meter.js';
import { KINDS, type Kind } from './kinds.js';
import { symbolBytes } from './symbol-bytes.js';

/** Of one kind, microseconds of CPU or bytes an event, all in full batches. */
export interface KindCosts {
  readonly collector: number;
  readonly redisAppend: number;
  /** By one reading group, its acknowledgements too. */
  readonly redisRead: number;
  readonly brain: number;
  readonly archiverToFiles: number;
  readonly archiverToPostgres: number;
  readonly postgresArchive: number;
  readonly busBytes: number;
  /** Thousands of events in a flush. */
  readonly fileBytes: number;
  /** So few in a flush as a quiet symbol gives in two seconds. */
  readonly fileBytesQuiet: number;
  readonly tableBytes: number;
  /** What the collector sends to Redis. */
  readonly networkBytes: number;
}

export interface Costs {
  readonly kinds: Readonly<Record<Kind, KindCosts>>;
  /** Microseconds of CPU more when an event comes alone: a turn of the loop, a call to Redis, an answer. */
  readonly wake: { readonly collector: number; readonly brain: number; readonly redis: number };
  /** Of PostgreSQL, for one running strategy brain: share of a core, and bytes a day of its input log and checkpoints. */
  readonly engine: { readonly postgresCores: number; readonly bytesPerDay: number };
  /** Heap of a brain for one more symbol with ma-cross on minutes. */
  readonly symbolBytes: number;
}

/** Multiples of the frames that are made. */
const COUNTS: Readonly<Record<Kind, number>> = { trade: 256 * 400, ticker: 256 * 400, orderbook: 256 * 40 };
/** Events of a symbol of GMO Coin in the two seconds between flushes. */
const QUIET: Readonly<Record<Kind, number>> = { trade: 1, ticker: 4, orderbook: 4 };
const QUIET_FLUSHES = 50;
/** So few a second that each comes alone. */
const ALONE_PER_SECOND = 400;
const ALONE = 5 * ALONE_PER_SECOND;
const LOOK_MS = 50;
const PATIENCE_MS = 30_000;
const DAY_SECONDS = 86_400;

/** What one event costs each process on its way, measured on servers of this run's own with the real loops. */
export async function measureCosts(): Promise<Costs> {
  await using redisServer = await startRedisServer();
  await using postgres = await startPostgresServer({ settings: ['fsync=on'] });
  const redis = new Redis(redisServer.url);
  try {
    return await new Bench(redis, redisServer.url, postgres.url, new CpuMeter(redis, postgres.pids()[0]!)).run();
  } finally {
    redis.disconnect();
  }
}

class Bench {
  readonly #redis: Redis;
  readonly #redisUrl: string;
  readonly #postgresUrl: string;
  readonly #meter: CpuMeter;

  constructor(redis: Redis, redisUrl: string, postgresUrl: string, meter: CpuMeter) {
    this.#redis = redis;
    this.#redisUrl = redisUrl;
    this.#postgresUrl = postgresUrl;
    this.#meter = meter;
  }

  async run(): Promise<Costs> {
    const kinds = {} as Record<Kind, KindCosts>;
    for (const kind of KINDS) {
      console.error(`  ${kind} …`);
      kinds[kind] = await this.#kind(kind);
    }
    console.error('  events that come alone …');
    const { trade } = kinds;
    const collected = perEvent(await this.#collect('trade', ALONE, ALONE_PER_SECOND), ALONE);
    const { cpu, bytes, seconds } = await this.#brainAlone();
    const read = perEvent(cpu, ALONE);
    return {
      kinds,
      wake: {
        collector: collected.own - trade.collector,
        brain: read.own - trade.brain,
        // The other process publishes meanwhile: of the sum the append is known.
        redis: Math.max(0, read.redis - trade.redisRead - trade.redisAppend),
      },
      symbolBytes: symbolBytes(),
      engine: { postgresCores: cpu.postgres / seconds, bytesPerDay: (bytes / seconds) * DAY_SECONDS },
    };
  }

  async #kind(kind: Kind): Promise<KindCosts> {
    const count = COUNTS[kind];
    // Once before, so that what is measured is compiled.
    await this.#collect(kind, count / 4, 0);
    const collected = perEvent(await this.#collect(kind, count, 0), count);
    const busBytes = Number(await this.#redis.memory('USAGE', `md:${kind}`, 'SAMPLES', 0)) / count;
    const network = Number(/total_net_input_bytes:(\d+)/.exec(await this.#redis.info('stats'))?.[1]) / count;
    await this.#fill(kind, count);
    await this.#brain(kind);
    const brain = perEvent(await this.#brain(kind), count);
    await this.#archiveToFiles(kind);
    const files = await this.#archiveToFiles(kind);
    await this.#archiveToPostgres(kind);
    const table = await this.#archiveToPostgres(kind);
    return {
      collector: collected.own,
      redisAppend: collected.redis,
      redisRead: brain.redis,
      brain: brain.own,
      archiverToFiles: perEvent(files.cpu, count).own,
      archiverToPostgres: perEvent(table.cpu, count).own,
      postgresArchive: perEvent(table.cpu, count).postgres,
      busBytes,
      networkBytes: network,
      fileBytes: files.bytes / count,
      fileBytesQuiet: await this.#quietFile(kind),
      tableBytes: table.bytes / count,
    };
  }

  async #collect(kind: Kind, count: number, rate: number): Promise<CpuSeconds> {
    await this.#redis.flushall();
    await this.#redis.config('RESETSTAT');
    let cpu: CpuSeconds | undefined;
    await withExchange([count, rate, kind], async (port) => {
      const stop = new AbortController();
      let collecting: Promise<void> | undefined;
      cpu = await this.#meter.measure(async () => {
        const places = { port, redisUrl: this.#redisUrl, kind, capacity: 2 * count };
        collecting = runOwnCollector(places, stop.signal);
        await until(async () => (await this.#redis.xlen(`md:${kind}`)) >= count);
      });
      stop.abort();
      await collecting;
    });
    return cpu!;
  }

  /** Another process puts the events on the bus. Resolves when all are there. */
  async #fill(kind: Kind, count: number, rate = 0): Promise<void> {
    const script = fileURLToPath(new URL('./publisher.js', import.meta.url));
    if (rate === 0) await this.#redis.flushall();
    const args = [script, this.#redisUrl, kind, String(count), String(rate)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error(`The publisher ended with status ${status}.`);
  }

  /** A strategy brain reads what is on the bus to its end. */
  async #brain(kind: Kind): Promise<CpuSeconds> {
    return this.#withEngine(() => this.#meter.measure(() => until(() => this.#isRead('strategy:gmo', kind))));
  }

  /** A strategy brain reads events that come one by one. */
  async #brainAlone(): Promise<{ cpu: CpuSeconds; bytes: number; seconds: number }> {
    await this.#fill('trade', 1000);
    return this.#withEngine(async () => {
      await until(() => this.#isRead('strategy:gmo', 'trade'));
      const before = await this.#bytesOf('input_log');
      const begun = performance.now();
      const cpu = await this.#meter.measure(() => this.#fill('trade', ALONE, ALONE_PER_SECOND));
      const seconds = (performance.now() - begun) / 1000;
      return { cpu, seconds, bytes: (await this.#bytesOf('input_log')) - before };
    });
  }

  async #withEngine<T>(work: () => Promise<T>): Promise<T> {
    await this.#dropGroup('strategy:gmo');
    const { store, close } = await this.#emptyStore();
    const bus = await openRedisBus({ url: this.#redisUrl });
    const clock = { now: () => Date.now() };
    const instance = {
      strategy: maCross,
      params: {},
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      timeframe: '1m',
      codeHash: 'bench',
    } as const;
    const stop = new AbortController();
    const engine = runEngine(
      {
        ...{ exchange: 'gmo', bus, store, logger: silentLogger, session: {} },
        ...{ marketClock: { now: () => 0 }, wallClock: clock, strategy: { instances: [instance] } },
      },
      stop.signal,
    );
    const result = await Promise.race([work(), engine.then(() => Promise.reject(new Error('The engine ended.')))]);
    stop.abort();
    await engine;
    await bus.close();
    await close();
    return result;
  }

  async #archiveToFiles(kind: Kind): Promise<{ cpu: CpuSeconds; bytes: number }> {
    const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-archive-'));
    const cpu = await this.#archive(kind, await openFileArchiveWriter({ folder }));
    const bytes = await bytesBelow(folder);
    await rm(folder, { recursive: true, force: true });
    return { cpu, bytes };
  }

  async #quietFile(kind: Kind): Promise<number> {
    const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-archive-'));
    const writer = await openFileArchiveWriter({ folder });
    const bus = await openRedisBus({ url: this.#redisUrl });
    const events = (await bus.range(`md:${kind}`, null, QUIET_FLUSHES * QUIET[kind])).map(({ event }) => event);
    for (let at = 0; at < events.length; at += QUIET[kind]) {
      await writer.add(events.slice(at, at + QUIET[kind]));
      await writer.flush();
    }
    await writer.close();
    await bus.close();
    const bytes = await bytesBelow(folder);
    await rm(folder, { recursive: true, force: true });
    return bytes / events.length;
  }

  async #archiveToPostgres(kind: Kind): Promise<{ cpu: CpuSeconds; bytes: number }> {
    const { store, close } = await this.#emptyStore();
    const before = await this.#bytesOf('raw_events%');
    const cpu = await this.#archive(kind, storeArchiveWriter(store));
    const bytes = (await this.#bytesOf('raw_events%')) - before;
    await close();
    return { cpu, bytes };
  }

  async #archive(kind: Kind, writer: Awaited<ReturnType<typeof openFileArchiveWriter>>): Promise<CpuSeconds> {
    await this.#dropGroup('archive');
    const bus = await openRedisBus({ url: this.#redisUrl });
    const stop = new AbortController();
    let archiving: Promise<unknown> | undefined;
    const cpu = await this.#meter.measure(async () => {
      const clock = { now: () => Date.now() };
      const who = { group: 'archive', consumer: 'bench', logger: silentLogger, wallClock: clock };
      archiving = runArchiver({ bus, writer, streams: [`md:${kind}`], ...who }, stop.signal);
      await until(() => this.#isRead('archive', kind));
    });
    stop.abort();
    await archiving;
    await writer.close();
    await bus.close();
    return cpu;
  }

  /** Whether the group has acknowledged everything. */
  async #isRead(group: string, kind: Kind): Promise<boolean> {
    const stream = `md:${kind}`;
    const groups = (await this.#redis.xinfo('GROUPS', stream)) as unknown[][];
    const found = groups.map((row) => Object.fromEntries(pairs(row))).find(({ name }) => name === group);
    const [last] = await this.#redis.xrevrange(stream, '+', '-', 'COUNT', 1);
    return found !== undefined && found['last-delivered-id'] === last?.[0];
  }

  async #dropGroup(group: string): Promise<void> {
    const bus = await openRedisBus({ url: this.#redisUrl });
    await bus.dropGroup(group);
    await bus.close();
  }

  async #emptyStore(): Promise<{ store: Store; close: () => Promise<void> }> {
    const { pool } = await connectServerDatabase({ url: this.#postgresUrl });
    await pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const store = createPostgresStore(pool, { copy: true });
    await store.migrate();
    return { store, close: () => store.close() };
  }

  /** Bytes of tables with such a name, their indexes too. */
  async #bytesOf(pattern: string): Promise<number> {
    const { pool, close } = await connectServerDatabase({ url: this.#postgresUrl });
    const { rows } = await pool.query<{ bytes: string }>(
      "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS bytes FROM pg_class WHERE relkind = 'r' AND relname LIKE $1",
      [pattern],
    );
    await close();
    return Number(rows[0]!.bytes);
  }
}

function perEvent(cpu: CpuSeconds, count: number): CpuSeconds {
  const micros = (seconds: number) => (seconds / count) * 1e6;
  return { own: micros(cpu.own), redis: micros(cpu.redis), postgres: micros(cpu.postgres) };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`Not done after ${PATIENCE_MS / 1000} s.`);
    await delay(LOOK_MS);
  }
}

function pairs(flat: readonly unknown[]): [string, unknown][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [String(flat[index * 2]), flat[index * 2 + 1]]);
}

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
