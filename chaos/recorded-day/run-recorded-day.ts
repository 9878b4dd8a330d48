import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CheckResult } from '../checks/check.js';
import { Random } from '../random.js';
import { readArchivedDay } from './archived-day.js';
import { checkMemory, checkProcesses, type Termination } from './check-processes.js';
import { checkSeries } from './check-series.js';
import { checkOrder, checkTrades } from './check-trades.js';
import { type DayMarket, makeDayMarket } from './day-market.js';
import { DayProcesses } from './day-processes.js';
import { MemoryLog } from './memory-log.js';
import type { DayOptions } from './options.js';
import { type Appointment, drawSchedule, simulatorFaults } from './schedule.js';

export interface DayReport {
  readonly seed: number;
  readonly bus: string;
  readonly speed: number;
  /** Of the market, and on the wall. */
  readonly hours: number;
  readonly minutes: number;
  readonly market: string;
  readonly tradesPerSecond: number;
  /** By trouble, how often. */
  readonly troubles: Readonly<Record<string, number>>;
  /** The simulator was late by so much at most, milliseconds. */
  readonly lateMs: number;
  readonly checks: readonly CheckResult[];
  readonly holds: boolean;
  /** Logs, tape and archive; null when they were removed, because everything holds. */
  readonly folder: string | null;
}

const TELL_EVERY_MS = 30_000;
const LOOK_EVERY_MS = 500;
/** No trade came for so long after the market's end: longer than any backfill may take. */
const QUIET_MS = 130_000;

/** Plays the day, lets go wrong what must, and compares what the archive has. `signal` ends it early: it then throws, with nothing left running. */
export async function runRecordedDay(
  options: DayOptions,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<DayReport> {
  const { seed, speed, bus } = options;
  const folder = await mkdtemp(join(tmpdir(), 'alpha-day-'));
  tell(`Seed ${seed}; logs, tape and archive are in ${folder}.`);
  const market = await makeDayMarket(folder, options);
  tell(`${market.told}.`);
  const schedule = drawSchedule(market, speed, new Random(seed));
  const day = await DayProcesses.start(folder, market, options, simulatorFaults(schedule, speed));
  const memory = new MemoryLog(() => day.collector.pid, day.inspectPort);
  try {
    tell(`The market runs for ${Math.round(market.lengthMs / 1_000)} s; ${schedule.length} troubles.`);
    const terminations: Termination[] = [];
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const hurting = hurtCollector(day, schedule, terminations, stop);
    try {
      await untilEnd(day, market, tell, signal);
      await untilWhole(day, market, signal);
    } finally {
      over.abort();
      await hurting;
    }
    memory.stop();
    const { stats } = await day.exchange();
    await stopInOrder(day, terminations);
    tell('Everything was stopped in order; the archive is compared with the tape.');
    const archived = await readArchivedDay(day.archiveFolder);
    const checks = [
      checkTrades(market, archived),
      checkOrder(archived, stats, speed),
      checkSeries(archived),
      checkMemory(memory.figures()),
      checkProcesses(day.processes, terminations),
    ];
    await day.end();
    const holds = checks.every(({ problems }) => problems.length === 0);
    const keep = options.keep || !holds;
    const report: DayReport = {
      ...{ seed, bus, speed },
      hours: (market.lengthMs * speed) / 3_600_000,
      minutes: market.lengthMs / 60_000,
      market: market.told,
      tradesPerSecond: market.trades.length / (market.lengthMs / 1_000),
      troubles: countTroubles(schedule),
      lateMs: stats.maxLagMs,
      ...{ checks, holds },
      folder: keep ? folder : null,
    };
    if (keep) await writeFile(join(folder, 'report.json'), JSON.stringify(report, null, 2));
    else await rm(folder, { recursive: true, force: true });
    return report;
  } catch (error) {
    memory.stop();
    await day.end();
    throw error;
  }
}

/** The collector is killed and stopped when the schedule says so; its supervisor starts it again. */
async function hurtCollector(
  { collector }: DayProcesses,
  schedule: readonly Appointment[],
  terminations: Termination[],
  signal: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  for (const { atMs, trouble } of schedule) {
    if (trouble.collector === undefined) continue;
    await delay(begun + atMs - performance.now(), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    if (trouble.collector === 'kill') await collector.kill();
    else terminations.push(await collector.terminate());
  }
}

async function untilEnd(
  day: DayProcesses,
  { trades }: DayMarket,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let told = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const { ended, stats } = await day.exchange();
    if (ended) return;
    await delay(LOOK_EVERY_MS);
    if (performance.now() - told < TELL_EVERY_MS) continue;
    told = performance.now();
    const played = Object.values(stats.played.trades).reduce((sum, count) => sum + count, 0);
    const acted = stats.faults.filter(({ acts }) => acts > 0).length;
    tell(
      `${played} of ${trades.length} trades played, ${await published(day)} published; ${acted} faults of the exchange acted, ${day.collector.starts} starts of the collector`,
    );
  }
}

/** Until every trade is on the bus, or none came for so long that none will. */
async function untilWhole(day: DayProcesses, { trades }: DayMarket, signal: AbortSignal): Promise<void> {
  let count = await published(day);
  for (let since = performance.now(); performance.now() - since < QUIET_MS && count < trades.length; ) {
    signal.throwIfAborted();
    await delay(LOOK_EVERY_MS);
    const now = await published(day);
    if (now !== count) since = performance.now();
    count = now;
  }
}

/** The number of the last trade on the bus. */
async function published({ bus }: DayProcesses): Promise<number> {
  return (await bus.latest('md:trade', null, 1))[0]?.event.seq ?? 0;
}

async function stopInOrder({ bus, collector, archiver }: DayProcesses, terminations: Termination[]): Promise<void> {
  const asked = performance.now();
  const code = await collector.stop();
  terminations.push({ code, ms: performance.now() - asked });
  const deadline = performance.now() + 60_000;
  while ((await bus.lag()).some(({ lag }) => lag > 0) && performance.now() < deadline) await delay(LOOK_EVERY_MS);
  await archiver.stop();
}

function countTroubles(schedule: readonly Appointment[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { trouble } of schedule) counts[trouble.name] = (counts[trouble.name] ?? 0) + 1;
  return counts;
}
