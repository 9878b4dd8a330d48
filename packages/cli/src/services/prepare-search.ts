import { resolve } from 'node:path';
import {
  ParameterSpace,
  type Period,
  parseObjective,
  refusals,
  type SamplerName,
  type SearchIdentity,
  type SearchOptions,
  type SearchState,
  SharedBars,
  type SharedData,
  SharedEvents,
  TrialThreads,
} from '@alpha-engine/backtest/search';
import { AlphaError } from '@alpha-engine/core';
import type { BacktestRequest } from './backtest/request.js';
import { warningsBefore } from './backtest/warnings.js';
import { backtestSetup } from './backtest.js';
import { durationIn } from './backtest-values.js';
import { engineVersions } from './engine-versions.js';
import { openTrials } from './open-trials.js';
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
  /** How long a trial may take: `10m`, or `none`. */
  readonly trialTimeout: string;
  /** Where every trial is kept, and read from again. */
  readonly out: string | undefined;
  /** How many of the best are told. */
  readonly top: number;
  readonly signal: AbortSignal;
  readonly onProgress: (state: SearchState) => void;
}

export type PreparedSearch = Awaited<ReturnType<typeof prepareSearch>>;

const DEFAULT_TRIALS = 100;

/** Everything understood, the data read, nothing run yet. Throws `USAGE`, `STRATEGY_*`, `DATA_UNREADABLE` and `DATA_INVALID`. */
export async function prepareSearch(request: OptimizeRequest) {
  const { backtest, batch, flags, out, sampler, seed, signal } = request;
  const { config: _config, sources: _sources, ...plain } = backtest;
  if (sampler === 'grid' && request.trials !== undefined) {
    throw new AlphaError('USAGE', '--trials is for --sampler random and tpe; a grid has as many trials as points.');
  }
  const space = ParameterSpace.parse(request.space, request.where);
  const trialTimeoutMs = durationIn('--trial-timeout', request.trialTimeout);
  const objective = parseObjective(request.objective, request.require);
  const { params, setup } = await someSetup(backtest, space);
  const data =
    'events' in setup.source
      ? await SharedEvents.read(setup.source, setup.options)
      : await SharedBars.read(setup.source);
  const trials =
    out === undefined
      ? null
      : await openTrials(resolve(backtest.folder, out), {
          ...identityOf(request, setup, data),
          engine: await engineVersions(),
        });
  const runner = new TrialThreads({
    script: new URL('./workers/trials.js', import.meta.resolve('@alpha-engine/cli')),
    setup: { request: plain, flags, params },
    data,
    ...(request.threads !== undefined && { threads: request.threads }),
    ...(trialTimeoutMs !== undefined && { trialTimeoutMs }),
  });
  const search: SearchOptions = {
    ...{ space, sampler, seed, batch, objective, runner, signal },
    trials: sampler === 'grid' ? Number.POSITIVE_INFINITY : (request.trials ?? DEFAULT_TRIALS),
    refusalOf: refusals(setup.options),
    onTrial: (trial, state) => {
      trials?.add(trial);
      request.onProgress(state);
    },
  };
  const close = async () => {
    await runner.close();
    await trials?.close();
  };
  const known = trials === null ? undefined : (period?: Period) => trials.known(period, trialTimeoutMs);
  return { search, data, options: setup.options, setup, known, began: performance.now(), close };
}

/** What was searched, and how. */
export function searchRow(request: OptimizeRequest, { data, began, search, setup }: PreparedSearch) {
  const { backtest, objective, out, require, sampler, seed, space, where } = request;
  return {
    warnings: warningsBefore(backtest, setup.options.fill, setup.traded, data.provenance()),
    strategies: setup.strategies.map(({ params: _set, ...strategy }) => strategy),
    params: backtest.config.strategyParams,
    instruments: setup.instruments,
    timeframe: setup.timeframe,
    bars: data instanceof SharedBars ? data.length : null,
    events: data instanceof SharedBars ? null : data.length,
    ...{ space, where, sampler, seed, objective, require },
    threads: search.runner.threads,
    seconds: (performance.now() - began) / 1_000,
    out: out ?? null,
  };
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

/** Everything that decides which trials there are and what comes of them. What `learned` has only judges, but `tpe` learns from it. */
function identityOf(
  { backtest: { config }, sampler, seed, space, where, ...request }: OptimizeRequest,
  { options, strategies }: Awaited<ReturnType<typeof backtestSetup>>,
  data: SharedData,
): SearchIdentity {
  const { instances: _, ...account } = options;
  return {
    version: 1,
    data: data.sha256(),
    'strategy code': strategies.map(({ params: _set, ...strategy }) => strategy),
    'fixed parameters': config.strategyParams,
    account: JSON.parse(JSON.stringify(account)),
    space,
    where,
    sampler,
    seed,
    ...(sampler === 'tpe' && learned(request)),
  };
}

function learned({
  batch,
  objective,
  require,
  trialTimeout,
}: Pick<OptimizeRequest, 'batch' | 'objective' | 'require' | 'trialTimeout'>) {
  return { batch, objective, require, 'trial time-out': trialTimeout };
}
