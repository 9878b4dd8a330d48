import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ParameterSpace,
  parseObjective,
  refusals,
  runSearch,
  runWalkForward,
  type SearchOptions,
  type SharedBars,
  type TrialFailure,
  type TrialRunner,
  TrialThreads,
  type TrialThreadsOptions,
  trialsHere,
} from '../../src/search/index.js';
import { DAY_MS, START_TS } from '../support/play.js';
import { buildWorker } from './support/build-worker.js';
import { sharedWaves, turnsOptions } from './support/turns.js';

let bars: SharedBars;
let script: URL;
beforeAll(async () => {
  bars = await sharedWaves(60);
  script = await buildWorker();
});
afterAll(() => rmSync(fileURLToPath(script)));

function search(space: readonly string[], more: Partial<SearchOptions> = {}) {
  return runSearch({
    space: ParameterSpace.parse(space),
    sampler: 'grid',
    seed: 1,
    trials: 1_000,
    objective: parseObjective('totalReturn'),
    runner: trialsHere(bars, turnsOptions()),
    refusalOf: refusals(turnsOptions()),
    ...more,
  });
}

type TrialLimits = Pick<TrialThreadsOptions, 'heapMb' | 'trialTimeoutMs'>;

async function onThreads<Result>(
  threads: number,
  act: (runner: TrialRunner) => Promise<Result>,
  limits: TrialLimits = {},
): Promise<Result> {
  const runner = new TrialThreads({ script, setup: null, data: bars, threads, ...limits });
  try {
    return await act(runner);
  } finally {
    await runner.close();
  }
}

const outcomes = ({ trials }: Awaited<ReturnType<typeof search>>) =>
  trials.map(({ outcome, point, standing }) => {
    const end = 'failed' in outcome ? outcome.message : outcome.metrics.finalEquity;
    return [Object.values(point).join(' '), standing, end];
  });

describe('a search', () => {
  it('finds the same on one thread as on three as here, in the same order', async () => {
    const space = ['every=10..16', 'hold=1,5'];
    const here = await search(space);
    expect(here.trials).toHaveLength(14);
    expect(here.best?.value).toBe(Math.max(...here.trials.map(({ value }) => value ?? Number.NEGATIVE_INFINITY)));
    for (const threads of [1, 3]) expect(await onThreads(threads, (runner) => search(space, { runner }))).toEqual(here);
  });

  it('goes on when a strategy throws, or ends its thread', async () => {
    const told = outcomes(
      await onThreads(2, (runner) => search(['every=9,12', 'accident=none,throw,exit'], { runner })),
    );
    expect(told).toEqual([
      ['9 none', 'found', expect.any(Number)],
      ['9 throw', 'failed', 'The twentieth bar is too much.'],
      ['9 exit', 'failed', 'Its thread ended: process.exit(7) was called in it.'],
      ['12 none', 'found', expect.any(Number)],
      ['12 throw', 'failed', 'The twentieth bar is too much.'],
      ['12 exit', 'failed', 'Its thread ended: process.exit(7) was called in it.'],
    ]);
  });

  it.each<[accident: string, limits: TrialLimits, failure: TrialFailure]>([
    [
      'loop',
      { trialTimeoutMs: 1_500 },
      { failed: 'timed_out', message: 'It took longer than 1.5 s, and its thread was ended.', afterMs: 1_500 },
    ],
    [
      'memory',
      { heapMb: 32 },
      {
        failed: 'out_of_memory',
        message: 'Its thread ended: it needed more than the 32 MB that a thread may have.',
      },
    ],
  ])('ends a trial and goes on with the others: %s', async (accident, limits, failure) => {
    const space = [`accident=${accident},none`, 'every=9'];
    const { trials } = await onThreads(1, (runner) => search(space, { runner }), limits);
    expect(trials.map(({ outcome, standing }) => ('failed' in outcome ? outcome : standing))).toEqual([
      failure,
      'found',
    ]);
  });

  it('blames a trial for what it left behind, and no other', async () => {
    const space = ['accident=late,reject,none', 'every=9..14'];
    const told = outcomes(await onThreads(1, (runner) => search(space, { runner })));
    expect(told.filter(([, standing]) => standing === 'failed')).toEqual(
      Array.from({ length: 6 }, (_, index) => [`reject ${index + 9}`, 'failed', 'Nobody waits for this.']),
    );
  });

  it('ends with the reason when no thread can begin', async () => {
    const runner = new TrialThreads({ script, setup: 'broken', data: bars, threads: 2 });
    await expect(search(['every=2..9'], { runner })).rejects.toThrow('The strategy could not be read.');
    await runner.close();
  });

  it('counts what the strategy refuses, and says so when that is everything', async () => {
    const { refused, trials } = await search(['every=2..4', 'hold=1..3']);
    expect(trials).toHaveLength(6);
    expect(refused.count).toBe(3);
    expect(refused.examples[0]?.why).toContain('hold should be less than every');
    await expect(search(['evry=2..4'])).rejects.toThrow(
      /^The strategy takes none of the 3 points of the space\. The first, \{"evry":2\}: .*evry: unknown; there is every, hold, accident/,
    );
    const space = ParameterSpace.parse(['every=2..4'], ['every > 4']);
    await expect(search(['every=2'], { space })).rejects.toThrow(
      'There is nothing to search over: no point of the space meets --where "every > 4".',
    );
  });

  it('ranks what misses a requirement or has no figure behind the rest, and finds nothing when that is all', async () => {
    const objective = parseObjective('winRate', ['trades >= 5']);
    const { best, ranked, trials } = await search(['every=9,25,400'], { objective });
    expect(ranked.map(({ index, standing }) => [index, standing])).toEqual([
      [0, 'found'],
      [1, 'unmet'],
      [2, 'not available'],
    ]);
    expect(best).toEqual(trials[0]);
    expect((await search(['every=400..410'], { objective })).best).toBeNull();
  });

  it('stops where it is, and goes on from what was finished', async () => {
    const stop = new AbortController();
    const space = ['every=9..20'];
    const whole = await search(space);
    const part = await search(space, {
      signal: stop.signal,
      onTrial: (_trial, { finished }) => finished === 5 && stop.abort(),
    });
    expect(part).toMatchObject({ stopped: true, trials: whole.trials.slice(0, 5) });
    const known = new Map(part.trials.map((trial) => [trial.index, trial]));
    let run = 0;
    expect(await search(space, { known, onTrial: () => (run += 1) })).toEqual(whole);
    expect(run).toBe(7);
    await expect(search(['every=8..20'], { known })).rejects.toThrow(
      /has \{"every":9\} as trial 0, where this search has/,
    );
  });
});

describe('a walk-forward', () => {
  it('goes on when a strategy ends its thread on bars that it was not trained on', async () => {
    const day = (count: number) => START_TS + count * DAY_MS;
    const windows = [{ train: { from: day(0), to: day(15) }, test: { from: day(15), to: day(45) } }];
    const options = turnsOptions();
    const walk = (accident: 'throw' | 'exit', runner: TrialRunner) => {
      const space = ParameterSpace.parse(['every=9', `accident=${accident}`]);
      const objective = parseObjective('finalEquity');
      const search = { space, sampler: 'grid', seed: 1, trials: 1, objective, runner } as const;
      return runWalkForward({ windows, data: bars, options, search: { ...search, refusalOf: refusals(options) } });
    };
    const [exit] = (await onThreads(1, (runner) => walk('exit', runner))).windows;
    expect(exit).toMatchObject({ failure: { failed: 'died' }, outOfSample: null, chosen: { standing: 'found' } });
    const [threw] = (await walk('throw', trialsHere(bars, options))).windows;
    expect(threw?.failure).toMatchObject({ failed: 'threw', message: 'The twentieth bar is too much.' });
    expect(threw?.outOfSample?.result.metrics.trades).toBeGreaterThan(0);
  });
});

describe('an objective', () => {
  it.each<[goal: string, says: RegExp]>([
    ['sharp', /there is no "sharp"; there is initialEquity, /],
    ['1 + 1', /names no figure; there is /],
  ])('%s is refused', (goal, says) => {
    expect(() => parseObjective(goal)).toThrow(says);
  });
});
