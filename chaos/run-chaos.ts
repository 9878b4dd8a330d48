import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineReport } from '@alpha-engine/core/process';
import type { CheckResult } from './checks/check.js';
import { CHECKS } from './checks/index.js';
import { canMount } from './disk.js';
import { FAULTS } from './faults/index.js';
import { type FaultRecord, injectFaults } from './inject-faults.js';
import { leftOutLine } from './left-out.js';
import { makeMarket } from './market.js';
import type { ChaosOptions } from './options.js';
import { Progress } from './progress.js';
import { Random } from './random.js';
import type { Supervised } from './supervised.js';
import { World } from './world.js';

export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly appendfsync: string;
  /** Market events on the bus, and how many a second while the market ran. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly faults: readonly FaultRecord[];
  /** Faults that this machine does not allow. */
  readonly leftOut: readonly string[];
  /** Entries Redis had acknowledged and lost, and those sent again by who had published them. */
  readonly lost: number;
  readonly resent: Readonly<Record<string, number>>;
  readonly checks: readonly CheckResult[];
  readonly holds: boolean;
  /** Logs and records; null when they were removed, because everything holds. */
  readonly folder: string | null;
}

const TELL_EVERY_MS = 10_000;
/** Everything must have been read so long after the market's end. */
const QUIET_MS = 120_000;
const LATEST_STATUSES = 500;
/** Without a new fault at the end of a market of which the collector misses trades: REST is read only while it goes on. */
const CALM_MS = 10_000;
const OPEN = ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'] as const;

/** A market, faults in it, quiet, and a look at what is left. `signal` ends it early: it then throws, with nothing left running. */
export async function runChaos(
  options: ChaosOptions,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<ChaosReport> {
  const possible = FAULTS.filter(
    ({ appendfsync, blinds }) =>
      (appendfsync === undefined || appendfsync === options.appendfsync) && !(blinds && options.spareCollector),
  );
  const named = possible.filter(({ name }) => options.faults.length === 0 || options.faults.includes(name));
  const unknown = options.faults.filter((name) => !named.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no fault ${unknown.join(', ')} with these options. There are: ${possible.map(({ name }) => name).join(', ')}.`,
    );
  }
  const leftOut = named.some(({ disk }) => disk) && !(await canMount()) ? named.filter(({ disk }) => disk) : [];
  const wanted = named.filter((fault) => !leftOut.includes(fault));
  const folder = await mkdtemp(join(tmpdir(), 'alpha-chaos-'));
  tell(`Seed ${options.seed}; logs and records are in ${folder}.`);
  const isBlinded = wanted.some(({ blinds }) => blinds);
  const market = await makeMarket(folder, options, isBlinded);
  const world = await World.start(folder, market, options, new Set(wanted.flatMap(({ disk = [] }) => disk)));
  let progress: Progress | undefined;
  try {
    progress = await Progress.open(world);
    tell(`The market runs for ${Math.round(market.seconds)} s; ${wanted.length} kinds of faults.`);
    if (leftOut.length > 0) tell(leftOutLine(leftOut.map(({ name }) => name)));
    const faults: FaultRecord[] = [];
    const rate = await disturb();
    tell('The market has ended; what is on the way is waited for.');
    await quiet(world, progress, signal);
    tell('Everything was read; the processes are stopped in order.');
    const report = await stopInOrder(world, progress);
    tell('They have ended; what they left behind is checked.');
    const { stats } = await world.exchange();
    const checks: CheckResult[] = [];
    for (const check of CHECKS) {
      signal.throwIfAborted();
      const { bus, store } = progress;
      checks.push(await check({ market, world, bus, store, report, exchange: stats, faults, isBlinded }));
    }
    const holds = [
      checks.every(({ problems }) => problems.length === 0),
      faults.every(({ recoveredMs }) => recoveredMs !== null),
    ].every(Boolean);
    const keep = options.keep || !holds;
    const { seed, appendfsync } = options;
    const figures = { events: progress.published, eventsPerSecond: rate, seconds: Math.round(market.seconds) };
    await progress.close();
    progress = undefined;
    await world.end();
    const { lost } = world;
    const resent = Object.fromEntries(
      world.processes.filter((one) => one.resent > 0).map((one) => [one.name, one.resent]),
    );
    const names = leftOut.map(({ name }) => name);
    const result = {
      seed,
      appendfsync,
      ...figures,
      faults,
      leftOut: names,
      lost,
      resent,
      checks,
      holds,
      folder: keep ? folder : null,
    };
    if (keep) await writeFile(join(folder, 'report.json'), JSON.stringify(result, null, 2));
    else await rm(folder, { recursive: true, force: true });
    return result;

    /** Answers events a second. */
    async function disturb(): Promise<number> {
      const looking = progress!;
      const begun = performance.now();
      const first = looking.published;
      const over = new AbortController();
      const injecting = injectFaults(
        wanted,
        { world, progress: looking, random: new Random(options.seed) },
        async (done) => {
          faults.push(done);
          await appendFile(join(folder, 'logs/faults.log'), `${new Date().toISOString()} ${JSON.stringify(done)}\n`);
          const { fault, recoveredMs } = done;
          if (recoveredMs === null) tell(`${fault} was not recovered from.`);
        },
        { signal: AbortSignal.any([over.signal, signal]), stop: signal },
      );
      try {
        for (let told = begun; !(await world.exchange()).ended; ) {
          signal.throwIfAborted();
          await delay(200);
          if (isBlinded && performance.now() - begun > market.seconds * 1_000 - CALM_MS) over.abort();
          if (performance.now() - told < TELL_EVERY_MS) continue;
          told = performance.now();
          tell(progressLine(looking, begun, first, faults));
        }
        return Math.round((looking.published - first) / ((performance.now() - begun) / 1000));
      } finally {
        over.abort();
        await injecting;
      }
    }
  } catch (error) {
    await progress?.close();
    await world.end();
    throw error;
  }
}

function progressLine(progress: Progress, begun: number, first: number, faults: readonly FaultRecord[]): string {
  const seconds = (performance.now() - begun) / 1000;
  const rate = Math.round((progress.published - first) / seconds);
  const clock = new Date(seconds * 1000).toISOString().slice(11, 19);
  const megabytes = Math.round(process.memoryUsage.rss() / 1024 ** 2);
  const recovered = faults.filter(({ recoveredMs }) => recoveredMs !== null).length;
  return `${clock}  ${progress.published} events, ${rate} a second; ${faults.length} faults, ${recovered} recovered; harness ${megabytes} MiB`;
}

/** Until every reader is at the end, every signal has its verdict and no order is open. */
async function quiet(world: World, progress: Progress, signal: AbortSignal, collects = true): Promise<void> {
  const deadline = performance.now() + QUIET_MS;
  let behind = 'nothing was answered';
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    try {
      const blind = collects ? await blindSymbols(progress.bus) : [];
      const lags = (await progress.bus.lag()).filter(({ lag, pending }) => lag + pending > 0);
      const { signals } = await progress.store.counts();
      const verdicts = (await progress.store.verdicts()).length;
      const open = (await progress.store.orders({ statuses: OPEN })).length;
      if (blind.length === 0 && lags.length === 0 && verdicts === signals && open === 0) return;
      behind = `trades of ${blind.join(', ') || 'no symbol'} are read from REST, ${JSON.stringify(lags)}, ${signals} signals and ${verdicts} verdicts, ${open} open orders`;
    } catch (error) {
      behind = String(error);
    }
    await delay(200);
  }
  throw new Error(
    `Not everything was read ${QUIET_MS / 1000} s after the market's end: ${behind}. Logs: ${world.folder}`,
  );
}

/** Symbols of which the collector said last that it misses trades. */
async function blindSymbols(bus: Progress['bus']): Promise<string[]> {
  const blind = new Map<string, boolean>();
  for (const { event } of await bus.latest('md:status', null, LATEST_STATUSES)) {
    if (event.type !== 'status' || (event.data.channel !== undefined && event.data.channel !== 'trade')) continue;
    if (['stale', 'disconnected', 'connected'].includes(event.data.state)) blind.set(event.symbol, true);
    if (['subscribed', 'resynced'].includes(event.data.state)) blind.set(event.symbol, false);
  }
  return [...blind].filter(([, isBlind]) => isBlind).map(([symbol]) => symbol);
}

/** The collector first: its end is told on the bus, and the others still read that. */
async function stopInOrder(world: World, progress: Progress): Promise<EngineReport> {
  await expectExit(world, world.process('collector'));
  await quiet(world, progress, new AbortController().signal, false);
  await expectExit(world, world.process('archiver'));
  const { owner, standby } = world;
  await expectExit(world, standby);
  await expectExit(world, owner);
  const report = owner.last('engine stopped');
  if (report === undefined) throw new Error(`The engine stopped without a report. Logs: ${world.folder}`);
  return report as unknown as EngineReport;
}

async function expectExit(world: World, supervised: Supervised): Promise<void> {
  const status = await supervised.stop();
  if (status !== 0)
    throw new Error(`${supervised.name} ended with ${status} when it was told to stop. Logs: ${world.folder}`);
}
