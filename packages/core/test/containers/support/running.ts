import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/testing/free-port.js';
import { type RedisServer, startRedisServer } from '../../../src/testing/redis-server.js';
import { startServer, type TestServer } from '../../store/support/start-server.js';
import { type ComposeService, readCompose, rootPath } from './compose-file.js';
import { Supervised } from './supervised.js';

/** The services of ours that run by default. */
export const OURS = ['collector', 'strategy', 'execution', 'archiver'] as const;
export type Name = (typeof OURS)[number] | 'simulator';

/** Where the services reach each other; in this test, ports of loopback. */
interface Addresses {
  readonly redis: string;
  readonly db: string;
  readonly simulator: string;
}

/**
 * The services of compose.yaml and compose.local.yaml without a container engine: `redis` and `db` as servers of this run's own, the
 * others as supervised processes with the command and the environment of their service and a folder each.
 */
export class Running {
  readonly redis: RedisServer;
  readonly db: TestServer;
  readonly databaseUrl: string;
  readonly addresses: Addresses;
  readonly #folder: string;
  readonly #services: Readonly<Record<string, ComposeService>>;
  readonly #processes = new Map<Name, Supervised>();
  /** In a container each has port 9464 for itself; here they share a machine. */
  readonly #metricsPorts = new Map<Name, number>();

  private constructor(
    parts: Pick<Running, 'redis' | 'db' | 'databaseUrl' | 'addresses'>,
    folder: string,
    services: Readonly<Record<string, ComposeService>>,
  ) {
    this.redis = parts.redis;
    this.db = parts.db;
    this.databaseUrl = parts.databaseUrl;
    this.addresses = parts.addresses;
    this.#folder = folder;
    this.#services = services;
  }

  /** `env` stands for `.env`. */
  static async start(env: Readonly<Record<string, string>>): Promise<Running> {
    const services = await readCompose(['compose.yaml', 'compose.local.yaml'], env);
    const folder = await mkdtemp(join(tmpdir(), 'alpha-compose-'));
    const [, ...args] = services.redis!.command;
    const redis = await startRedisServer({ args });
    const db = await startServer();
    const databaseUrl = await db.newDatabase();
    const addresses = { redis: `127.0.0.1:${redis.port}`, db: databaseUrl, simulator: `127.0.0.1:${await freePort()}` };
    return new Running({ redis, db, databaseUrl, addresses }, folder, services);
  }

  get(name: Name): Supervised {
    const found = this.#processes.get(name);
    if (!found) throw new Error(`${name} is not running.`);
    return found;
  }

  get names(): readonly Name[] {
    return [...this.#processes.keys()];
  }

  async up(name: Name): Promise<void> {
    this.#metricsPorts.set(name, await freePort());
    this.#processes.set(name, new Supervised(await this.#program(name, this.#services[name]!.command)));
  }

  /** Runs the service's health check once; its exit status. */
  async health(name: Name): Promise<number | null> {
    const [, program, ...args] = this.#services[name]!.healthcheck!.test;
    const alpha = program === 'alpha' ? args : undefined;
    const what = await this.#program(name, alpha ?? []);
    const once = new Supervised(
      alpha
        ? what
        : {
            ...what,
            program: program!,
            args: args.map((arg) => this.#reachable(arg).replace('9464', this.#metricsPort(name))),
          },
    );
    return once.ended();
  }

  async end(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((one) => one.stop('SIGKILL')));
    await this.redis.stop();
    await this.db.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A folder per service is its file system: /data and the home of the user. */
  async #program(name: Name, command: readonly string[]) {
    const cwd = join(this.#folder, name);
    await mkdir(join(cwd, 'data'), { recursive: true });
    const env: Record<string, string> = { PATH: process.env.PATH ?? '', HOME: cwd, ALPHA_DATA_DIR: join(cwd, 'data') };
    for (const [key, value] of Object.entries(this.#services[name]!.environment)) {
      if (key === 'METRICS_PORT') env[key] = this.#metricsPort(name);
      else env[key] = key === 'ALPHA_ARCHIVE_DIR' ? join(cwd, value) : this.#reachable(value);
    }
    const args = [rootPath('packages/cli/bin/run.js'), ...command.map((word) => this.#reachable(word))];
    return { program: process.execPath, args, cwd, env };
  }

  #metricsPort(name: Name): string {
    return String(this.#metricsPorts.get(name));
  }

  /** The names of the containers' network as addresses of this machine. */
  #reachable(text: string): string {
    const { redis, db, simulator } = this.addresses;
    return text
      .replace(/^postgres:\/\/.*@db:5432\/alpha$/, db)
      .replace('redis:6379', redis)
      .replace(/(simulator|127\.0\.0\.1):7070/, simulator)
      .replace(/^0\.0\.0\.0$/, '127.0.0.1')
      .replace(/^7070$/, simulator.split(':')[1]!);
  }
}
