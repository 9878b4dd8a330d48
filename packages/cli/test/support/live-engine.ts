import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type AlphaEvent, type EventBus, type SignalEvent, silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { prepareDataFolder } from '@alpha-engine/core/process';
import {
  type GmoSimulator,
  type GmoSimulatorOptions,
  startGmoSimulator,
  stillTape,
} from '@alpha-engine/gmo-adapter/simulator';
import { afterEach } from 'vitest';
import { Alpha, type Result, runAlpha } from './alpha.js';
import { tempFolder } from './temp-folder.js';

export const PRICE = 9_000_000;
export const SYMBOLS = ['BTC_JPY', 'BTC'];
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 20;
const open: (() => Promise<unknown>)[] = [];

/** A strategy that decides nothing: signals come from the test. */
const SILENT = `
import { defineStrategy } from '@alpha-engine/core';
import { z } from 'zod';
export default defineStrategy({ name: 'silent', params: z.object({}), create: () => ({ warmup: 1, onBar: () => undefined }) });
`;

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/**
 * A folder, an exchange of this process with a market that stands still, and whatever `alpha` processes the test starts there with a key to
 * trade live. The test is the strategy: it writes signals and quotes to the bus.
 */
export class LiveEngine {
  readonly folder: string;
  readonly simulator: GmoSimulator;
  readonly bus: EventBus;
  env: Record<string, string>;

  private constructor(folder: string, simulator: GmoSimulator, bus: EventBus, env: Readonly<Record<string, string>>) {
    this.folder = folder;
    this.simulator = simulator;
    this.bus = bus;
    this.env = {
      REST_BASE_URL: simulator.restBaseUrl,
      WS_PUBLIC_URL: simulator.wsPublicUrl,
      SYMBOLS: SYMBOLS.join(','),
      API_KEY: 'simulator-key',
      API_SECRET: 'simulator-secret',
      ALPHA_MAX_DATA_AGE_MS: '600000',
      ALPHA_IN_DOUBT_HORIZON_MS: '2000',
      ...env,
    };
  }

  static async create(
    env: Readonly<Record<string, string>> = {},
    options: GmoSimulatorOptions = {},
  ): Promise<LiveEngine> {
    const folder = await tempFolder({ 'silent.ts': SILENT });
    const tape = stillTape({ symbols: SYMBOLS, price: PRICE });
    const simulator = await startGmoSimulator({ tape, balances: { JPY: '100000000', BTC: '1' }, ...options });
    open.push(() => simulator.close());
    const { bus: place } = await prepareDataFolder(join(folder, '.alpha'));
    const bus = await openEmbeddedBus({ folder: place, logger: silentLogger });
    open.push(() => bus.close());
    return new LiveEngine(folder, simulator, bus, env);
  }

  /** An engine whose books agree with the exchange. */
  async engine(...args: string[]): Promise<Alpha> {
    const engine = this.start('engine', '--strategy', './silent.ts', '--live', ...args);
    await engine.line('engine started');
    await engine.line('books agree with the exchange');
    await this.quote();
    return engine;
  }

  start(...args: string[]): Alpha {
    return new Alpha([...args, '--json'], { folder: this.folder, env: this.env });
  }

  run(...args: string[]): Promise<Result> {
    return runAlpha([...args, '--json'], { folder: this.folder, env: this.env });
  }

  /** What a command printed, whatever its exit. */
  async ask<Answer>(...args: string[]): Promise<{ readonly exit: number | null; readonly said: Answer }> {
    const { exit, stdout, stderr } = await this.run(...args);
    if (stdout === '') throw new Error(`alpha ${args.join(' ')} printed nothing: ${stderr}`);
    return { exit, said: JSON.parse(stdout) as Answer };
  }

  get now(): number {
    return this.simulator.clock().marketTs;
  }

  async quote(): Promise<void> {
    const data = { bid: PRICE - 1, ask: PRICE + 1, last: PRICE, high: PRICE, low: PRICE, volume: 1 };
    const quotes = SYMBOLS.map((symbol) => ({ type: 'ticker', exchange: 'gmo', symbol, ts: this.now, data }) as const);
    await this.bus.publish(null, quotes);
  }

  async signal(changes: Partial<Record<keyof SignalEvent, unknown>> = {}): Promise<void> {
    const about = {
      type: 'signal',
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      ts: this.now,
      id: `signal-${this.now}`,
      strategy: 'test',
    };
    const signal = { ...about, action: 'enter_long', confidence: 1, price_ref: PRICE, ...changes };
    await this.bus.publish(null, [signal as AlphaEvent]);
  }

  /** Everything on a stream. */
  async read(stream: string): Promise<readonly AlphaEvent[]> {
    return (await this.bus.range(stream, null, 100_000)).map(({ event }) => event);
  }

  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!(await condition())) {
      if (performance.now() > end) throw new Error(`Still waiting until ${what}.`);
      await delay(LOOK_EVERY_MS);
    }
  }
}
