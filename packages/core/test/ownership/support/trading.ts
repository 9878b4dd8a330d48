import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { connectServerDatabase, createPostgresStore } from '../../../src/store/postgres/index.js';
import type { OrderRow, Store } from '../../../src/store/store.js';
import { startRedisServer } from '../../../src/testing/redis-server.js';
import { rootPath } from '../../containers/support/compose-file.js';
import { Supervised } from '../../containers/support/supervised.js';
import { startServer } from '../../store/support/start-server.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

export interface TradingOptions {
  readonly symbols: readonly string[];
  /** How much faster than it was the recorded market runs. */
  readonly speed: number;
}

const OPEN = ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'] as const;
const CHANNELS = 3;
const LOOK_EVERY_MS = 50;

/** The command line as built, for `Supervised`. */
export function alpha(...args: readonly string[]) {
  return { program: process.execPath, args: [rootPath('packages/cli/bin/run.js'), ...args] };
}

export type Engine = Supervised & { saying(message: string): Promise<void> };

/** A simulated exchange, its collector, Redis and PostgreSQL; the test starts engines, all in one user's name. All end with the test. */
export class Trading {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #exchange: string;
  readonly #collector: Supervised;
  readonly store: Store;

  private constructor(
    started: Pick<Trading, 'databaseUrl' | 'redisUrl' | 'store'>,
    place: { folder: string; env: Readonly<Record<string, string>>; exchange: string; collector: Supervised },
  ) {
    this.databaseUrl = started.databaseUrl;
    this.redisUrl = started.redisUrl;
    this.store = started.store;
    this.#folder = place.folder;
    this.#env = place.env;
    this.#exchange = place.exchange;
    this.#collector = place.collector;
  }

  static async start({ symbols, speed }: TradingOptions): Promise<Trading> {
    const temporary = await temporaryFolder();
    onTestFinished(() => temporary[Symbol.asyncDispose]());
    const folder = temporary.path;
    const redis = await startRedisServer();
    onTestFinished(() => redis.stop());
    const server = await startServer();
    onTestFinished(() => server.stop());
    const databaseUrl = await server.newDatabase();
    const { pool } = await connectServerDatabase({ url: databaseUrl });
    const store = createPostgresStore(pool);
    await store.migrate();
    onTestFinished(() => store.close());

    const base = { PATH: process.env.PATH ?? '', HOME: folder, ALPHA_DATA_DIR: join(folder, 'data') };
    const run = (args: readonly string[], env: Readonly<Record<string, string>>) => {
      const supervised = new Supervised({ ...alpha(...args, '--json'), cwd: folder, env });
      onTestFinished(async () => void (await supervised.stop('SIGKILL')));
      return supervised;
    };
    const hold = String(symbols.length * CHANNELS);
    const simulator = run(
      ['sim', 'gmo', '--port', '0', '--origin', 'tape', '--speed', String(speed), '--hold', hold],
      base,
    );
    await saying(simulator, 'simulator ready');
    const { restBaseUrl, wsPublicUrl } = simulator.last('simulator ready') as Record<string, string>;
    const env = {
      ...base,
      REST_BASE_URL: restBaseUrl!,
      WS_PUBLIC_URL: wsPublicUrl!,
      REDIS_URL: redis.url,
      SYMBOLS: symbols.join(','),
    };
    const collector = run(['collect'], env);
    await saying(collector, 'collector started');
    const trading = new Trading(
      { databaseUrl, redisUrl: redis.url, store },
      { folder, env, exchange: restBaseUrl!, collector },
    );
    return trading;
  }

  /** Live on the simulated account; `settings` win. */
  async engine(settings: Readonly<Record<string, string>> = {}): Promise<Engine> {
    const env = {
      ...this.#env,
      DATABASE_URL: this.databaseUrl,
      STRATEGY_NAME: 'ma-cross',
      ALPHA_STRATEGY_PARAMS: 'fast=2,slow=4',
      ALPHA_TIMEFRAME: '1s',
      ALPHA_MAX_SIGNAL_AGE_MS: '86400000',
      ALPHA_MAX_DATA_AGE_MS: '86400000',
      ALPHA_IN_DOUBT_HORIZON_MS: '2000',
      API_KEY: 'demo-key',
      API_SECRET: 'demo-secret',
      ...settings,
    };
    await mkdir(join(this.#folder, 'data'), { recursive: true });
    const live = settings.ENABLE_EXECUTION === 'false' ? [] : ['--live'];
    const engine = new Supervised({ ...alpha('engine', ...live, '--json'), cwd: this.#folder, env });
    onTestFinished(async () => {
      engine.signal('SIGCONT');
      await engine.stop('SIGKILL');
    });
    return Object.assign(engine, { saying: (message: string) => saying(engine, message) });
  }

  /** What `alpha status` says. */
  async status(): Promise<unknown> {
    const env = { ...this.#env, DATABASE_URL: this.databaseUrl };
    const { args, program } = alpha('status', '--json');
    return JSON.parse((await promisify(execFile)(program, args, { cwd: this.#folder, env })).stdout);
  }

  /** Orders the exchange took, by its own count. */
  async exchangeOrders(): Promise<number> {
    const answer = await fetch(`${this.#exchange}/sim/stats`);
    return ((await answer.json()) as { orders: number }).orders;
  }

  async moreOrders(count: number): Promise<void> {
    const before = await this.exchangeOrders();
    await until(`${count} more orders`, async () => (await this.exchangeOrders()) >= before + count);
  }

  /** So many more of a symbol in the record. */
  async signals(symbol: string, count: number): Promise<void> {
    const stored = async () => (await this.store.signals({ symbol })).length;
    const before = await stored();
    await until(`${count} more signals of ${symbol}`, async () => (await stored()) >= before + count);
  }

  /** Ends the flow of data; then until every signal has its verdict and no order is open. */
  async settle(): Promise<void> {
    await this.#collector.stop();
    await until('everything is decided', async () => {
      const { signals } = await this.store.counts();
      const open = await this.store.orders({ statuses: OPEN });
      return open.length === 0 && (await this.store.verdicts()).length === signals;
    });
  }

  /** No order was sent twice, none was sent that the record does not know, and no signal was traded twice. */
  async expectEachSentOnce(): Promise<readonly OrderRow[]> {
    const orders = await this.store.orders();
    const ids = orders.flatMap(({ order }) =>
      'exchangeOrderId' in order && order.exchangeOrderId ? [order.exchangeOrderId] : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(await this.exchangeOrders()).toBe(ids.length);
    const legs = orders
      .filter(({ order }) => order.status !== 'VOID')
      .map(({ order: { terms } }) => `${terms.signalId} ${terms.leg}`);
    expect(new Set(legs).size).toBe(legs.length);
    return orders;
  }
}

async function saying(who: Supervised, message: string): Promise<void> {
  await until(
    `"${message}"`,
    async () => who.said(message),
    () => who.tail,
  );
}

async function until(what: string, condition: () => Promise<boolean>, context = () => ''): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited a minute for ${what}.\n${context()}`);
    await delay(LOOK_EVERY_MS);
  }
}
