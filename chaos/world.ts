import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type PostgresServer,
  type RedisServer,
  startPostgresServer,
  startRedisServer,
} from '@alpha-engine/core/testing';
import type { SimulatorClock, SimulatorStats } from '@alpha-engine/gmo-adapter/simulator';
import { Disk, type DiskName } from './disk.js';
import type { Market } from './market.js';
import type { ChaosOptions } from './options.js';
import { Supervised } from './supervised.js';
import { startTcpRelay, type TcpRelay } from './tcp-relay.js';

export const STRATEGY_PARAMS = { fast: 3, slow: 8 };
export const TIMEFRAME = '5s';
/** Nothing is too old here: a denial would change what follows, and the market runs many times faster than the clock. */
const LONG_MS = '864000000';
/** What an engine says that is not the owner. */
const WAITS = 'standby: another engine owns these brains; this one takes over when it ends';

export type ProcessName = 'simulator' | 'collector' | EngineName | 'archiver';

/** Two engines with the same settings: one owns, the other waits; which is which changes. */
export const ENGINES = ['engine-a', 'engine-b'] as const;
type EngineName = (typeof ENGINES)[number];

/**
 * Everything that runs: the simulator, collector, engine and archiver as supervised processes; redis-server and PostgreSQL of
 * this run's own; and a relay before each server. `end` ends exactly these, by their ids.
 */
export class World {
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  readonly redisRelay: TcpRelay;
  readonly postgresRelay: TcpRelay;
  readonly folder: string;
  /** Between the collector and the simulator. */
  #exchangeRelay: TcpRelay | undefined;
  /** Entries that Redis had acknowledged and a fault took from its file. */
  lost = 0;
  readonly #disks: ReadonlyMap<DiskName, Disk>;
  readonly #processes = new Map<ProcessName, Supervised>();

  private constructor(folder: string, parts: Servers) {
    this.folder = folder;
    this.#disks = parts.disks;
    this.redis = parts.redis;
    this.postgres = parts.postgres;
    this.redisRelay = parts.redisRelay;
    this.postgresRelay = parts.postgresRelay;
  }

  /** Resolves when everything runs and the market begins. What is named in `disks` gets a disk of its own. */
  static async start(
    folder: string,
    market: Market,
    options: ChaosOptions,
    disks: ReadonlySet<DiskName>,
  ): Promise<World> {
    await mkdir(join(folder, 'logs'), { recursive: true });
    const world = new World(folder, await startServers(options, disks));
    try {
      await world.#startProcesses(market, options);
    } catch (error) {
      await world.end();
      throw error;
    }
    return world;
  }

  get exchangeRelay(): TcpRelay {
    return this.#exchangeRelay!;
  }

  get archiveFolder(): string {
    return this.#disks.get('archive')?.path ?? join(this.folder, 'archive');
  }

  disk(name: DiskName): Disk {
    const found = this.#disks.get(name);
    if (found === undefined) throw new Error(`${name} has no disk of its own in this run.`);
    return found;
  }

  get processes(): readonly Supervised[] {
    return [...this.#processes.values()];
  }

  process(name: ProcessName): Supervised {
    const found = this.#processes.get(name);
    if (found === undefined) throw new Error(`${name} does not run.`);
    return found;
  }

  /** The engine that owns the brains: the one that started to work last. */
  get owner(): Supervised {
    return this.#engines()[0]!;
  }

  get standby(): Supervised {
    return this.#engines()[1]!;
  }

  async exchange(): Promise<{ readonly ended: boolean; readonly stats: SimulatorStats }> {
    const base = String((await this.process('simulator').line('simulator ready')).restBaseUrl);
    const clock = (await (await fetch(`${base}/sim/clock`)).json()) as SimulatorClock;
    const stats = (await (await fetch(`${base}/sim/stats`)).json()) as SimulatorStats;
    return { ended: clock.ended, stats };
  }

  async end(): Promise<void> {
    for (const disk of this.#disks.values()) disk.free();
    await Promise.all(this.processes.map((one) => one.stop('SIGKILL')));
    await this.#exchangeRelay?.close();
    await this.redisRelay.close();
    await this.postgresRelay.close();
    for (const pid of this.postgres.pids()) process.kill(pid, 'SIGCONT');
    await this.redis.stop();
    await this.postgres.stop();
    for (const disk of this.#disks.values()) await disk[Symbol.asyncDispose]();
  }

  async #startProcesses({ path, rounds, symbols }: Market, { speed }: ChaosOptions): Promise<void> {
    const channels = symbols.length * 3;
    const simulation = {
      tape: path,
      rounds,
      speed,
      hold: channels,
      origin: 'tape',
      port: 0,
      balance: 'JPY=100000000,BTC=0',
    };
    const simulator = await this.#run('simulator', ['sim', 'gmo', ...flags(simulation)], {});
    const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
    const addresses = {
      REST_BASE_URL: String(restBaseUrl),
      WS_PUBLIC_URL: String(wsPublicUrl),
      SYMBOLS: symbols.join(','),
      REDIS_URL: `redis://127.0.0.1:${this.redisRelay.port}`,
    };
    const trading = {
      DATABASE_URL: this.postgres.url.replace(`:${this.postgres.port}/`, `:${this.postgresRelay.port}/`),
      ALPHA_MAX_SIGNAL_AGE_MS: LONG_MS,
      ALPHA_MAX_DATA_AGE_MS: LONG_MS,
      ALPHA_IN_DOUBT_HORIZON_MS: '2000',
      CAPITAL: '100000000',
      MAX_DRAWDOWN_PCT: '100',
      API_KEY: 'demo-key',
      API_SECRET: 'demo-secret',
    };
    const params = Object.entries(STRATEGY_PARAMS).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const strategy = ['--strategy', 'ma-cross', ...params, '--timeframe', TIMEFRAME];
    for (const [index, name] of ENGINES.entries()) {
      const engine = await this.#run(name, ['engine', ...strategy, '--live'], { ...addresses, ...trading });
      await engine.line(index === 0 ? 'engine started' : WAITS);
    }
    const archive = { ...addresses, ALPHA_ARCHIVE_DIR: this.archiveFolder };
    await (await this.#run('archiver', ['archive'], archive)).line('archiver started');
    this.#exchangeRelay = await startTcpRelay(Number(new URL(String(restBaseUrl)).port));
    const { port } = this.#exchangeRelay;
    const spool = this.#disks.get('spool');
    const collect = {
      ...addresses,
      REST_BASE_URL: withPort(restBaseUrl, port),
      WS_PUBLIC_URL: withPort(wsPublicUrl, port),
      ...(spool && { ALPHA_DATA_DIR: join(spool.path, 'data') }),
    };
    await (await this.#run('collector', ['collect'], collect)).line('collector started');
    await simulator.line('tape started');
  }

  #engines(): Supervised[] {
    const since = (engine: Supervised) => Number(engine.last('engine started')?.time ?? 0);
    return ENGINES.map((name) => this.process(name)).sort((a, b) => since(b) - since(a));
  }

  /** A folder per process is its machine. */
  async #run(name: ProcessName, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Supervised> {
    const folder = join(this.folder, name);
    await mkdir(folder, { recursive: true });
    const log = join(this.folder, 'logs', `${name}.log`);
    const supervised = new Supervised({ name, args, folder, env: { ALPHA_DATA_DIR: folder, ...env }, log });
    this.#processes.set(name, supervised);
    return supervised;
  }
}

interface Servers {
  readonly disks: ReadonlyMap<DiskName, Disk>;
  readonly redis: RedisServer;
  readonly postgres: PostgresServer;
  readonly redisRelay: TcpRelay;
  readonly postgresRelay: TcpRelay;
}

async function startServers({ appendfsync }: ChaosOptions, wanted: ReadonlySet<DiskName>): Promise<Servers> {
  const disks = new Map<DiskName, Disk>();
  for (const name of wanted) disks.set(name, await Disk.mount());
  const [redisDisk, postgresDisk] = [disks.get('redis'), disks.get('postgres')];
  const redis = await startRedisServer({
    args: ['--appendonly', 'yes', '--appendfsync', appendfsync],
    ...(redisDisk && { folder: redisDisk.path }),
  });
  const postgres = await startPostgresServer(postgresDisk && { dataFolder: postgresDisk.path });
  const redisRelay = await startTcpRelay(redis.port);
  return { disks, redis, postgres, redisRelay, postgresRelay: await startTcpRelay(postgres.port) };
}

function withPort(url: unknown, port: number): string {
  return String(url).replace(/:\d+/, `:${port}`);
}

function flags(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
