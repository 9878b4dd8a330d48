import { resolve } from 'node:path';
import {
  type JudgedTrial,
  ParameterSpace,
  type Point,
  parseObjective,
  refusals,
  runSearch,
  type SamplerName,
  type SearchIdentity,
  type SearchResult,
  type SearchState,
  SharedBars,
  TrialFile,
  TrialThreads,
} from '@alpha-engine/backtest/search';
import { AlphaError } from '@alpha-engine/core';
import type { BacktestRequest } from './backtest/request.js';
import { backtestSetup } from './backtest.js';
import { withParams } from './trial-options.js';

/** As the flags say it; texts are understood here. */
export interface OptimizeRequest {
  readonly backtest: BacktestRequest;
  /** The flags themselves: every thread reads the settings anew. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly space: readonly string[];
  readonly where: readonly string[];
  readonly sampler: SamplerName;
  readonly trials: number | undefined;
  readonly seed: number;
  readonly objective: string;
  readonly require: readonly string[];
  readonly batch: number;
  readonly threads: number | undefined;
  /** Where every trial is kept, and read from again. */
  readonly out: string | undefined;
  /** How many of the best are told. */
  readonly top: number;
  readonly signal: AbortSignal;
  readonly onProgress: (state: SearchState) => void;
}

export type OptimizeReport = Awaited<ReturnType<typeof optimize>>;

const DEFAULT_TRIALS = 100;

/** Throws `USAGE`, `STRATEGY_*`, `DATA_UNREADABLE` and `DATA_INVALID`. */
export async function optimize(request: OptimizeRequest) {
  const { backtest, flags, sampler, seed, signal, top } = request;
  const { config, sources: _, ...plain } = backtest;
  if (sampler === 'grid' && request.trials !== undefined) {
    throw new AlphaError('USAGE', '--trials is for --sampler random and tpe; a grid has as many trials as points.');
  }
  const space = ParameterSpace.parse(request.space, request.where);
  const objective = parseObjective(request.objective, request.require);
  const { params, setup } = await someSetup(backtest, space);
  if ('events' in setup.source) {
    throw new AlphaError(
      'USAGE',
      'A search runs over bars, which all cores share; --data holds trades, books or events.',
    );
  }
  const bars = await SharedBars.read(setup.source);
  const file =
    request.out === undefined
      ? null
      : TrialFile.open(resolve(backtest.folder, request.out), identityOf(request, setup, bars));
  const runner = new TrialThreads({
    script: new URL('./workers/trials.js', import.meta.resolve('@alpha-engine/cli')),
    setup: { request: plain, flags, params },
    bars,
    ...(request.threads !== undefined && { threads: request.threads }),
  });
  const began = performance.now();
  const trials = sampler === 'grid' ? Number.POSITIVE_INFINITY : (request.trials ?? DEFAULT_TRIALS);
  try {
    const result = await runSearch({
      ...{ space, sampler, seed, trials, objective, runner, signal },
      refusalOf: refusals(setup.options),
      batch: request.batch,
      ...(file !== null && { known: file.known }),
      onTrial: (trial, state) => {
        file?.add(trial);
        request.onProgress(state);
      },
    });
    return {
      strategies: setup.strategies.map(({ params: _set, ...strategy }) => strategy),
      params: config.strategyParams,
      instruments: setup.instruments,
      timeframe: setup.timeframe,
      bars: bars.length,
      space: request.space,
      where: request.where,
      sampler,
      seed,
      objective: request.objective,
      require: request.require,
      threads: runner.threads,
      seconds: (performance.now() - began) / 1_000,
      out: request.out ?? null,
      ...countsOf(result),
      best: result.best === null ? null : trialRow(result.best),
      top: result.ranked.slice(0, top).map(trialRow),
    };
  } finally {
    await runner.close();
    file?.close();
  }
}

/**
 * The back-test at some point that the strategies take: parameters that are searched over need no default. Throws what is said of the
 * first point when none is taken.
 */
async function someSetup(request: BacktestRequest, space: ParameterSpace) {
  let refusal: unknown = null;
  for (const params of space.some()) {
    try {
      return { params, setup: await backtestSetup(withParams(request, params)) };
    } catch (fault) {
      if (!AlphaError.is(fault) || fault.code !== 'STRATEGY_PARAM_INVALID') throw fault;
      refusal ??= fault;
    }
  }
  if (refusal !== null) throw refusal;
  const where = space.constraints.map(({ text }) => `"${text}"`).join(' and ');
  throw new AlphaError('USAGE', `There is nothing to search over: no point of the space meets --where ${where}.`);
}

/** Everything that decides which trials there are and what comes of them. Objective and requirements only judge, but `tpe` learns from them. */
function identityOf(
  { backtest: { config }, batch, objective, require, sampler, seed, space, where }: OptimizeRequest,
  { options, strategies }: Awaited<ReturnType<typeof backtestSetup>>,
  bars: SharedBars,
): SearchIdentity {
  const { instances: _, ...account } = options;
  return {
    version: 1,
    data: bars.sha256(),
    'strategy code': strategies.map(({ params: _set, ...strategy }) => strategy),
    'fixed parameters': config.strategyParams,
    account: JSON.parse(JSON.stringify(account)),
    space,
    where,
    sampler,
    seed,
    ...(sampler === 'tpe' && { batch, objective, require }),
  };
}

function countsOf({ ranked, refused, stopped }: SearchResult) {
  const count = (standing: JudgedTrial['standing']) => ranked.filter((trial) => trial.standing === standing).length;
  return {
    trials: ranked.length,
    found: count('found'),
    unmet: count('unmet'),
    notAvailable: count('not available'),
    failed: count('failed'),
    failures: failuresOf(ranked),
    refused,
    stopped,
  };
}

/** What went wrong, each once, with how often and where first. */
function failuresOf(ranked: readonly JudgedTrial[]) {
  const failures = new Map<string, { reason: string; message: string; count: number; first: Point }>();
  for (const { outcome, point } of ranked) {
    if (!('failed' in outcome)) continue;
    const { failed: reason, message } = outcome;
    const known = failures.get(`${reason}${message}`);
    if (known !== undefined) known.count += 1;
    else failures.set(`${reason}${message}`, { reason, message, count: 1, first: point });
  }
  return [...failures.values()];
}

function trialRow({ index, outcome, point, standing, unmet, value }: JudgedTrial) {
  return {
    index,
    params: point,
    value,
    standing,
    unmet,
    ...('metrics' in outcome ? { metrics: outcome.metrics } : {}),
  };
}
