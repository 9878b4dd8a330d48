import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type BarSource, CsvBars } from '@alpha-engine/backtest';
import {
  ParameterSpace,
  parseObjective,
  refusals,
  runSearch,
  type SearchResult,
  SharedBars,
  TrialThreads,
} from '@alpha-engine/backtest/search';
import type { Bar } from '@alpha-engine/core';
import type { BenchRow } from './bench-row.js';
import { sweepOptions } from './optimize/sweep-options.js';
import { shareWanted, threadTimes } from './optimize/thread-times.js';

/** Fewer for a quick look. */
const TRIALS = Number(process.env.SWEEP_TRIALS ?? 1_000);
const YEAR_OF_MINUTES = 527_040;
const BAR = 0.9;

/** A sweep of parameters over a year of one-minute bars: how much of every core it uses, against the same on one thread. */
export async function run(): Promise<BenchRow[]> {
  const bars = await SharedBars.read(yearOfMinutes());
  const cores = availableParallelism();
  const few = Math.max(2, Math.round(TRIALS / 25));
  const one = await sweep(bars, 1, few);
  const all = await sweep(bars, cores, TRIALS);
  const same = one.result.trials.every((trial, index) => {
    return JSON.stringify(trial) === JSON.stringify(all.result.trials[index]);
  });
  if (!same) throw new Error('One thread and all of them differ.');
  const share = all.cpuMs / (all.wallMs * cores);
  const wanted =
    all.wanted === null
      ? ''
      : `${(all.wanted * 100).toFixed(1)} % of the time its threads ran or waited for a core that others held; `;
  const speedUp = TRIALS / all.wallMs / (few / one.wallMs);
  return [
    {
      name: `sweep of ${TRIALS} parameter sets over ${bars.length} bars, ma-cross, full engine`,
      reference: `all ${cores} cores for the whole time: processor time / (time × cores)`,
      value: TRIALS / (all.wallMs / 1_000),
      ratio: share,
      bar: `≥ ${BAR}x`,
      met: share >= BAR,
      unit: 'trials/s',
      note: `${wanted}${speedUp.toFixed(2)} times as fast as one thread (${few} of the same trials, equal results); resident memory ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB with ${cores} threads, ${Math.round((bars.length * 72) / 2 ** 20)} MB of it the shared bars`,
    },
  ];
}

async function sweep(
  bars: SharedBars,
  threads: number,
  trials: number,
): Promise<{ result: SearchResult; wallMs: number; cpuMs: number; wanted: number | null }> {
  const runner = new TrialThreads({
    script: new URL('optimize/worker.js', import.meta.url),
    setup: null,
    data: bars,
    threads,
  });
  const cpuBegan = process.cpuUsage();
  const threadsBegan = threadTimes();
  const began = performance.now();
  const result = await runSearch({
    space: ParameterSpace.parse(['fast=20..500:10', 'slow=200..2000:50'], ['fast < slow']),
    sampler: 'random',
    seed: 1,
    trials,
    objective: parseObjective('sharpe'),
    runner,
    refusalOf: refusals(sweepOptions()),
  });
  const wallMs = performance.now() - began;
  const { system, user } = process.cpuUsage(cpuBegan);
  const wanted = shareWanted(threadsBegan, wallMs, threads);
  await runner.close();
  return { result, wallMs, cpuMs: (system + user) / 1_000, wanted };
}

/** The recorded year of Bitcoin where it is at hand, else a walk by chance that is as long. */
function yearOfMinutes(): BarSource {
  const folder = join(process.env.ALPHA_RECORDINGS ?? '../../shared/data', 'btcusdt_1m_2024');
  if (existsSync(folder)) {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.csv.gz'))
      .sort()
      .map((name) => join(folder, name));
    return new CsvBars({ files, exchange: 'gmo', symbol: 'BTC', timeframe: '1m' });
  }
  return { bars: () => [walk()], provenance: () => [] };
}

function walk(): readonly Bar[] {
  let price = 60_000;
  let random = 1;
  const next = (spread: number) => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    return (random >>> 8) % spread;
  };
  return Array.from({ length: YEAR_OF_MINUTES }, (_, index) => {
    const open = price;
    price = Math.max(10_000, price + next(61) - 30);
    const [high, low] = [Math.max(open, price) + next(10), Math.min(open, price) - next(10)];
    const openTs = Date.UTC(2024, 0, 1) + index * 60_000;
    const times = { openTs, closeTs: openTs + 60_000 };
    return {
      exchange: 'gmo',
      symbol: 'BTC',
      timeframe: '1m',
      ...times,
      open,
      high,
      low,
      close: price,
      volume: 1,
      trades: 1,
    };
  });
}
