import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventBus } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { openRedisBus } from '@alpha-engine/core/redis';
import { freePort, type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import type { FaultText, SimulatorClock, SimulatorStats } from '@alpha-engine/gmo-adapter/simulator';
import { Supervised } from '../supervised.js';
import { type DayMarket, SYMBOL } from './day-market.js';
import type { DayOptions } from './options.js';

const CHANNELS = 3;

/** Simulator, collector and archiver as processes, and a redis-server unless the bus is the embedded one. `end` ends exactly these. */
export class DayProcesses {
  readonly archiveFolder: string;
  /** Where the collector lets its memory be looked at. */
  readonly inspectPort: number;
  readonly #folder: string;
  readonly #redis: RedisServer | null;
  readonly #processes: Supervised[] = [];
  #bus: EventBus | null = null;

  private constructor(folder: string, redis: RedisServer | null, inspectPort: number) {
    this.inspectPort = inspectPort;
    this.#folder = folder;
    this.archiveFolder = join(folder, 'archive');
    this.#redis = redis;
  }

  /** Resolves when the market begins. */
  static async start(
    folder: string,
    market: DayMarket,
    { speed, seed, bus }: DayOptions,
    faults: readonly FaultText[],
  ): Promise<DayProcesses> {
    await mkdir(join(folder, 'logs'), { recursive: true });
    const script = join(folder, 'faults.json');
    await writeFile(script, JSON.stringify({ seed, faults }, null, 1));
    const redis = bus === 'redis' ? await startRedisServer({ args: ['--appendonly', 'yes'] }) : null;
    const day = new DayProcesses(folder, redis, await freePort());
    try {
      const simulation = { tape: market.path, speed, hold: CHANNELS, origin: 'tape', port: 0, faults: script };
      const flags = Object.entries(simulation).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const simulator = day.#run('simulator', ['sim', 'gmo', ...flags], {});
      const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
      const env = {
        REST_BASE_URL: String(restBaseUrl),
        WS_PUBLIC_URL: String(wsPublicUrl),
        SYMBOLS: SYMBOL,
        ...(redis !== null && { REDIS_URL: redis.url }),
      };
      const archive = { ...env, ALPHA_ARCHIVE_DIR: day.archiveFolder };
      await day.#run('archiver', ['archive'], archive).line('archiver started');
      const inspected = { ...env, NODE_OPTIONS: `--inspect=127.0.0.1:${day.inspectPort}` };
      await day.#run('collector', ['collect'], inspected).line('collector started');
      await simulator.line('tape started');
      day.#bus = redis === null ? await openEmbeddedBus({ folder: join(folder, 'data/bus'), readOnly: true }) : null;
      day.#bus ??= await openRedisBus({ url: redis!.url });
    } catch (error) {
      await day.end();
      throw error;
    }
    return day;
  }

  get bus(): EventBus {
    return this.#bus!;
  }

  get processes(): readonly Supervised[] {
    return this.#processes;
  }

  get collector(): Supervised {
    return this.#named('collector');
  }

  get archiver(): Supervised {
    return this.#named('archiver');
  }

  async exchange(): Promise<{ readonly ended: boolean; readonly stats: SimulatorStats }> {
    const base = String((await this.#named('simulator').line('simulator ready')).restBaseUrl);
    const clock = (await (await fetch(`${base}/sim/clock`)).json()) as SimulatorClock;
    const stats = (await (await fetch(`${base}/sim/stats`)).json()) as SimulatorStats;
    return { ended: clock.ended, stats };
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop('SIGKILL')));
    await this.#bus?.close();
    await this.#redis?.stop();
  }

  #named(name: string): Supervised {
    return this.#processes.find((one) => one.name === name)!;
  }

  /** They share a data folder: without Redis the bus is in it. */
  #run(name: string, args: readonly string[], env: Readonly<Record<string, string>>): Supervised {
    const folder = this.#folder;
    const own = { ALPHA_DATA_DIR: join(folder, 'data'), ...env };
    const supervised = new Supervised({ name, args, folder, env: own, log: join(folder, 'logs', `${name}.log`) });
    this.#processes.push(supervised);
    return supervised;
  }
}
