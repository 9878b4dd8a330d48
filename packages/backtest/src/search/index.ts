export type { Dimension, ParamValue } from './dimension.js';
export type { Comparison, Expression, Lookup, Value } from './expression.js';
export { heatMap } from './heat-map.js';
export { instancesAt, refusals, type TrialOptions } from './instances-at.js';
export { goalOf, METRIC_NAMES, type Objective, parseObjective } from './objective.js';
export {
  bootstrapTrades,
  type DeflatedSharpe,
  deflatedSharpe,
  type Interval,
  type RandomEntriesTest,
  randomEntriesTest,
  type TradeBootstrap,
} from './overfit.js';
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
export { runPoint } from './run-trial.js';
export { SAMPLERS, type SamplerName } from './samplers/sampler.js';
export { serveTrials } from './serve-trials.js';
export { SharedBars, type SharedBarsMessage } from './shared-bars.js';
export type { SharedData } from './shared-data.js';
export { SharedEvents, type SharedEventsMessage } from './shared-events.js';
export { stitchedResult } from './stitched-result.js';
export type { FinishedTrial, Period, Trial, TrialFailure, TrialOutcome } from './trial.js';
export { type SearchIdentity, TrialFile } from './trial-file.js';
export { type TrialRunner, trialsHere } from './trial-runner.js';
export { TrialThreads, type TrialThreadsOptions } from './trial-threads.js';
export {
  parseWalkForward,
  runWalkForward,
  type WalkedWindow,
  type WalkForwardOptions,
  type WalkForwardPlan,
  type WalkForwardResult,
  type WalkForwardWindow,
  walkForwardWindows,
} from './walk-forward.js';
export { walkForwardSection } from './walk-forward-section.js';
