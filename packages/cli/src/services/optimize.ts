import {
  type JudgedTrial,
  ParameterSpace,
  type Point,
  parseObjective,
  runSearch,
  type SamplerName,
  type SearchResult,
  type SearchState,
  SharedBars,
  TrialThreads,
} from '@alpha-engine/backtest/search';
import { AlphaError, parseParams, type Strategy } from '@alpha-engine/core';
import { type BacktestRequest, backtestSetup } from './backtest.js';
import { chosenStrategy } from './chosen-strategy.js';

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
  readonly threads: number | undefined;
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
  const { config: settings, ...plain } = backtest;
  if (sampler === 'grid' && request.trials !== undefined) {
    throw new AlphaError('USAGE', '--trials is for --sampler random and tpe; a grid has as many trials as points.');
  }
  const space = ParameterSpace.parse(request.space, request.where);
  const objective = parseObjective(request.objective, request.require);
  const { strategy } = await chosenStrategy(settings, backtest.folder);
  const refusalOf = refusals(strategy, settings.strategyParams);
  const params = somePoint(space, refusalOf);
  const strategyParams = { ...settings.strategyParams, ...params };
  const setup = await backtestSetup({ ...backtest, config: { ...settings, strategyParams } });
  const bars = await SharedBars.read(setup.source);
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
      ...{ space, sampler, seed, trials, objective, runner, refusalOf, signal },
      onTrial: (_trial, state) => request.onProgress(state),
    });
    return {
      strategy: { name: strategy.name, codeHash: setup.strategy.codeHash, params: settings.strategyParams },
      symbol: setup.symbol,
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
      ...countsOf(result),
      best: result.best === null ? null : trialRow(result.best),
      top: result.ranked.slice(0, top).map(trialRow),
    };
  } finally {
    await runner.close();
  }
}

/** Why the strategy does not take a point, in its own words. */
function refusals(strategy: Strategy, fixed: Readonly<Record<string, unknown>>): (point: Point) => string | null {
  return (point) => {
    try {
      parseParams(strategy, { ...fixed, ...point });
      return null;
    } catch (fault) {
      if (AlphaError.is(fault)) return fault.message;
      throw fault;
    }
  };
}

/** One that the strategy takes, where one is soon found: required parameters may have no default. */
function somePoint(space: ParameterSpace, refusalOf: (point: Point) => string | null): Point {
  for (const point of space.some()) if (refusalOf(point) === null) return point;
  return {};
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
