export type { Dimension, ParamValue } from './dimension.js';
export type { Comparison, Expression, Lookup, Value } from './expression.js';
export { refusals, type TrialOptions } from './instances-at.js';
export { METRIC_NAMES, type Objective, parseObjective } from './objective.js';
export { ParameterSpace, type Point } from './parameter-space.js';
export type { Random } from './random.js';
export type { JudgedTrial, Standing } from './rank.js';
export {
  type RefusedPoints,
  runSearch,
  type SearchOptions,
  type SearchResult,
  type SearchState,
} from './run-search.js';
export { SAMPLERS, type SamplerName } from './samplers/sampler.js';
export { serveTrials } from './serve-trials.js';
export { SharedBars, type SharedBarsMessage } from './shared-bars.js';
export type { FinishedTrial, Period, Trial, TrialFailure, TrialOutcome } from './trial.js';
export { type SearchIdentity, TrialFile } from './trial-file.js';
export { type TrialRunner, trialsHere } from './trial-runner.js';
export { TrialThreads, type TrialThreadsOptions } from './trial-threads.js';
