import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CollectorReport, EngineReport } from '@alpha-engine/core/process';
import type { Counts, SimulatorStats } from '@alpha-engine/gmo-adapter/simulator';
import { SETTING_KEYS, settingInfo } from '../config/schema.js';
import { DemoChild, type LogLine, type Program } from './demo-child.js';
import { differencesFromExchange } from './demo-cross-check.js';
import { type DemoProgress, DemoWatch } from './demo-watch.js';

export interface DemoOptions {
  /** This same program: the demo is three processes of it. */
  readonly program: Program;
  readonly speed: number;
  /** Where bus and database go; default a temporary folder. */
  readonly dataDir?: string;
  /** Keep the folder afterwards; one that was named is always kept. */
  readonly keep: boolean;
  readonly onProgress: (progress: DemoProgress) => void;
}

export interface DemoResult {
  /** Where prices come from. */
  readonly tape: { readonly origin: string; readonly conversion: string; readonly licence: string };
  readonly seconds: number;
  readonly events: {
    readonly sent: number;
    readonly received: number;
    readonly published: number;
    readonly consumed: number;
  };
  readonly bars: number;
  readonly signals: number;
  readonly denials: number;
  readonly orders: number;
  readonly fills: number;
  readonly positions: EngineReport['positions'];
  /** Money is text, in JPY. */
  readonly realizedPnl: string | null;
  readonly fees: string | null;
  readonly equity: string | null;
  /** The engine's books equal the exchange's, by its own comparison and by ours over the exchange's REST side. */
  readonly reconciled: boolean;
  readonly differences: readonly string[];
  /** No event was lost between two stages. */
  readonly complete: boolean;
  readonly dataDir: string | null;
}

const SYMBOLS = ['BTC', 'BTC_JPY'];
/** Ticker, order book and trades of each symbol. */
const CHANNELS = SYMBOLS.length * 3;
const CREDENTIALS = { apiKey: 'demo-key', apiSecret: 'demo-secret' };

/** Simulator, collector and engine as three processes on the shipped tape, from nothing to filled orders and equal books. */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<DemoResult> {
  const started = performance.now();
  const folder = await demoFolder(options.dataDir);
  const kept = options.keep || options.dataDir !== undefined;
  const children: DemoChild[] = [];
  const start = (name: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = new DemoChild(name, options.program, [...args, '--json'], folder, childEnvironment(env));
    children.push(child);
    return child;
  };
  try {
    options.onProgress({ stage: 'starting', done: 0, events: 0, orders: 0 });
    const speed = String(options.speed);
    const simulator = start(
      'simulator',
      ['sim', 'gmo', '--port', '0', '--origin', 'tape', '--hold', String(CHANNELS), '--speed', speed],
      {},
    );
    const exchange = await simulator.line('simulator ready', signal);
    const env = environmentOf(exchange, join(folder, 'data'));
    // The engine first: whatever the collector publishes, somebody is there to trade it while it is fresh.
    const engine = start('engine', ['engine', '--strategy', 'ma-cross', '--timeframe', '1s', '--live'], env);
    await engine.line('engine started', signal);
    const collector = start('collector', ['collect'], env);
    await collector.line('collector started', signal);

    const watch = await DemoWatch.open({
      dataDir: join(folder, 'data'),
      children,
      signal,
      onProgress: options.onProgress,
    });
    try {
      await watch.tapeEnded(simulator);
      const collected = (await collector.stop('collector stopped')) as LogLine & CollectorReport;
      await watch.consumed(children.filter((child) => child !== collector));
      const report = (await engine.stop('engine stopped')) as LogLine & EngineReport;
      const differences = [
        ...(report.reconciled === null ? ['the engine could not compare its books with the exchange'] : []),
        ...report.differences.map((difference) => JSON.stringify(difference)),
        ...(await differencesFromExchange(exchange, CREDENTIALS, SYMBOLS, report)),
      ];
      const { frames } = (await simulator.stop('simulator stopped')) as LogLine & SimulatorStats;
      return resultOf(exchange, collected, report, differences, {
        sent: sum(frames.ticker) + sum(frames.orderbooks) + sum(frames.trades),
        seconds: Math.round((performance.now() - started) / 100) / 10,
        dataDir: kept ? join(folder, 'data') : null,
      });
    } finally {
      await watch.close();
    }
  } finally {
    await Promise.all(children.map((child) => child.kill()));
    if (!kept) await rm(folder, { recursive: true, force: true });
  }
}

async function demoFolder(named: string | undefined): Promise<string> {
  if (named === undefined) return mkdtemp(join(tmpdir(), 'alpha-demo-'));
  await mkdir(resolve(named), { recursive: true });
  return resolve(named);
}

/** The surroundings without any setting of ours, so that a shell's DATABASE_URL or API_KEY never reaches the demo. */
function childEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const key of SETTING_KEYS) delete env[settingInfo(key).env];
  return { ...env, ...settings };
}

function environmentOf(exchange: LogLine, dataDir: string): Readonly<Record<string, string>> {
  return {
    REST_BASE_URL: String(exchange.restBaseUrl),
    WS_PUBLIC_URL: String(exchange.wsPublicUrl),
    SYMBOLS: SYMBOLS.join(','),
    ALPHA_DATA_DIR: dataDir,
    API_KEY: CREDENTIALS.apiKey,
    API_SECRET: CREDENTIALS.apiSecret,
    // Ages are market time, which runs faster here than this machine may manage.
    ALPHA_MAX_SIGNAL_AGE_MS: '60000',
    ALPHA_MAX_DATA_AGE_MS: '60000',
    // The simulated account is one for this demo; other demos on this host have their own.
    XDG_STATE_HOME: dataDir,
  };
}

const sum = (counts: Counts) => Object.values(counts).reduce((total, count) => total + count, 0);

function resultOf(
  exchange: LogLine,
  collected: CollectorReport,
  report: EngineReport,
  differences: readonly string[],
  rest: Pick<DemoResult, 'seconds' | 'dataDir'> & { readonly sent: number },
): DemoResult {
  const { received, published } = collected;
  const consumed = report.strategy?.consumed ?? 0;
  const { bars, signals, denials, orders, fills } = report.stored;
  const { positions, realizedPnl, fees, equity } = report;
  return {
    tape: exchange.tape as DemoResult['tape'],
    seconds: rest.seconds,
    events: { sent: rest.sent, received, published, consumed },
    bars,
    signals,
    denials,
    orders,
    fills,
    positions,
    realizedPnl,
    fees,
    equity,
    reconciled: report.reconciled === true && differences.length === 0,
    differences,
    complete: received > 0 && rest.sent === received && received === published && published === consumed,
    dataDir: rest.dataDir,
  };
}
