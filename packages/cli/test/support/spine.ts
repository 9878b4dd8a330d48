import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Bar,
  type EventBus,
  type OrderRow,
  type SignalRecord,
  type Store,
  silentLogger,
  type Timeframe,
} from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { connectEmbeddedDatabase, createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { type EngineReport, prepareDataFolder } from '@alpha-engine/core/process';
import { Alpha } from './alpha.js';
import type { ShortTape } from './short-tape.js';

export const SPINE_SYMBOLS = ['BTC', 'BTC_JPY'];
const CHANNELS = SPINE_SYMBOLS.length * 3;
const OPEN = ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'] as const;
const LOOK_EVERY_MS = 50;

export interface SpineOptions {
  /** Data folder, HOME and working folder of all three processes. */
  readonly folder: string;
  readonly tape: ShortTape;
  /** Or `lockstep`: the market waits until collector and engine have acted. */
  readonly speed: number | 'lockstep';
  /** On paper, with these flags; the simulator takes no orders then. Absent: with --live. */
  readonly paper?: readonly string[];
  /** Of the averages of `ma-cross`, in bars. Default: 3 and 8. */
  readonly params?: { readonly fast: number; readonly slow: number };
  /** Flags of the engine in place of a crossover of seconds, and the timeframes of the bars that are read back. */
  readonly reads?: { readonly strategy: readonly string[]; readonly timeframes: readonly Timeframe[] };
  /** What the record must show, besides that everything is decided, before the processes are stopped. */
  readonly until?: (store: Store) => Promise<boolean>;
  /** Moments of market time at which the engine is killed with SIGKILL and started again. */
  readonly killEngineAt?: readonly number[];
  /** Kills the engine as soon as the exchange has taken so many orders: their answers may still be on the way. */
  readonly killEngineAtOrder?: number;
  /** Moments of market time at which the collector is killed and started again. */
  readonly killCollectorAt?: readonly number[];
}

/** What a run left behind. */
export interface SpineRun {
  readonly report: EngineReport;
  readonly bars: readonly Bar[];
  readonly signals: readonly SignalRecord[];
  readonly orders: readonly OrderRow[];
  /** What the gate denied, in words: what a test that failed shows. */
  readonly denials: string;
  /** Orders the exchange took, by its own count. */
  readonly exchangeOrders: number;
}

/**
 * The README's three terminals as three processes on a tape, from nothing to a stopped engine, with the engine or the
 * collector killed on the way. Signals never grow too old here, so that no denial changes what follows.
 */
export async function runSpine(options: SpineOptions): Promise<SpineRun> {
  const { folder, paper, params = { fast: 3, slow: 8 }, speed, tape } = options;
  const dataDir = join(folder, 'data');
  const pace = speed === 'lockstep' ? ['--lockstep'] : ['--speed', String(speed)];
  const simArgs = ['--tape', tape.path, ...pace, '--hold', String(CHANNELS), '--origin', 'tape'];
  const simulator = new Alpha(['sim', 'gmo', '--port', '0', '--json', ...simArgs], { folder });
  const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
  const env = {
    REST_BASE_URL: String(restBaseUrl),
    WS_PUBLIC_URL: String(wsPublicUrl),
    SYMBOLS: SPINE_SYMBOLS.join(','),
    ALPHA_DATA_DIR: dataDir,
    ALPHA_MAX_SIGNAL_AGE_MS: '86400000',
    ALPHA_MAX_DATA_AGE_MS: '86400000',
    ALPHA_IN_DOUBT_HORIZON_MS: '4000',
    ...(paper === undefined && { API_KEY: 'demo-key', API_SECRET: 'demo-secret' }),
  };
  const averages = Object.entries(params).flatMap(([name, bars]) => ['--param', `${name}=${bars}`]);
  const { strategy, timeframes } = options.reads ?? {
    strategy: ['--strategy', 'ma-cross', ...averages, '--timeframe', '1s'],
    timeframes: ['1s'] as const,
  };
  const startEngine = () => new Alpha(['engine', ...strategy, ...(paper ?? ['--live']), '--json'], { folder, env });
  const startCollector = () => new Alpha(['collect', '--json'], { folder, env });

  let engine = startEngine();
  await engine.line('engine started');
  let collector = startCollector();
  await collector.line('collector started');

  const restartEngine = async () => {
    await engine.end('SIGKILL');
    engine = startEngine();
    await engine.line('engine started');
  };
  const restartCollector = async () => {
    await collector.end('SIGKILL');
    collector = startCollector();
    await collector.line('collector started');
  };
  const kills = [
    ...(options.killEngineAt ?? []).map((at) => ({ at, restart: restartEngine })),
    ...(options.killCollectorAt ?? []).map((at) => ({ at, restart: restartCollector })),
  ].sort((a, b) => a.at - b.at);
  for (const { at, restart } of kills) {
    await until(async () => (await told<{ marketTs: number }>(restBaseUrl, 'clock')).marketTs >= at);
    await restart();
  }
  const { killEngineAtOrder } = options;
  if (killEngineAtOrder !== undefined) {
    await until(async () => (await told<{ orders: number }>(restBaseUrl, 'stats')).orders >= killEngineAtOrder, 0);
    await restartEngine();
  }

  // The collector is stopped last of the two: its end is told on the bus, and nothing is opened on a feed that ended.
  await simulator.line('tape ended');
  await decided(dataDir, options.until);
  await collector.end('SIGTERM');
  const stopped = await engine.end('SIGTERM');

  if (stopped.exit !== 0)
    throw new Error(`The engine ended with ${stopped.exit}.\n${stopped.stderr}\n${stopped.stdout.slice(-3000)}`);
  const report = (await engine.line('engine stopped')) as unknown as EngineReport;
  const { orders: exchangeOrders } = await told<{ orders: number }>(restBaseUrl, 'stats');
  await simulator.end('SIGTERM');
  return { report, exchangeOrders, ...(await withStore(dataDir, (store) => readRecord(store, timeframes))) };
}

export async function withBus<Result>(dataDir: string, work: (bus: EventBus) => Promise<Result>): Promise<Result> {
  const { bus: folder } = await prepareDataFolder(dataDir);
  const bus = await openEmbeddedBus({ folder, logger: silentLogger });
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}

async function told<Answer>(restBaseUrl: unknown, what: 'clock' | 'stats'): Promise<Answer> {
  return (await fetch(`${restBaseUrl}/sim/${what}`)).json() as Promise<Answer>;
}

/** Until both brains have read everything, every signal has its verdict, no order is open, and the record shows what it must. */
async function decided(dataDir: string, shown: SpineOptions['until'] = async () => true): Promise<void> {
  const { database } = await prepareDataFolder(dataDir);
  await withBus(dataDir, (bus) =>
    until(async () => {
      const behind = (await bus.lag()).reduce((sum, { lag, pending }) => sum + lag + pending, 0);
      const served = behind === 0 ? await connectEmbeddedDatabase({ folder: database }) : null;
      if (!served) return false;
      try {
        const store = createPostgresStore(served.pool);
        const [{ signals }, verdicts, open] = [
          await store.counts(),
          await store.verdicts(),
          await store.orders({ statuses: OPEN }),
        ];
        return verdicts.length === signals && open.length === 0 && (await shown(store));
      } finally {
        await served.close();
      }
    }),
  );
}

/** The record of a run that is over. */
export async function withStore<Result>(dataDir: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  const { database } = await prepareDataFolder(dataDir);
  const opened = await openEmbeddedDatabase({ folder: database });
  try {
    return await work(createPostgresStore(opened.pool));
  } finally {
    await opened.close();
  }
}

async function readRecord(
  store: Store,
  timeframes: readonly Timeframe[],
): Promise<Omit<SpineRun, 'report' | 'exchangeOrders'>> {
  const bars: Bar[] = [];
  for (const symbol of SPINE_SYMBOLS) {
    for (const timeframe of timeframes) bars.push(...(await store.bars({ exchange: 'gmo', symbol, timeframe })));
  }
  const denied = (await store.verdicts()).filter(({ approved }) => !approved);
  const denials = denied.map((verdict) => JSON.stringify(verdict)).join('\n');
  return { bars, signals: await store.signals(), orders: await store.orders(), denials };
}

async function until(condition: () => Promise<boolean>, everyMs = LOOK_EVERY_MS): Promise<void> {
  while (!(await condition())) await delay(everyMs);
}
