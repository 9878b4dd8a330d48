import type { SeriesKey } from '../bus/streams.js';
import type { Timeframe } from '../market/timeframe.js';
import type { InstanceSpec, RunnerSnapshot } from './runner-types.js';
import type { TargetSide } from './target.js';

export interface StrategyRunnerOptions {
  readonly instances: readonly InstanceSpec[];
  /** What `snapshot()` returned after the last batch that was committed. */
  readonly snapshot?: RunnerSnapshot;
  /** Number of the batch that the next steps belong to: where instances that are new now begin. */
  readonly nextBatch: number;
  /**
   * Last `seq` of the signals on the bus by series: of a symbol that another engine decided on before, higher than the
   * snapshot knows. Signals go on from the higher one, or the bus would take them for repetitions.
   */
  readonly lastSeqs?: ReadonlyMap<SeriesKey, number>;
  /**
   * Where new instances begin, by `label|symbol`: the position their label holds already. Default: the target of the
   * instance of that label and symbol that ran last, else flat.
   */
  readonly initialTargets?: Readonly<Record<string, TargetSide>>;
  /**
   * Whether a step gives back what it was fed (`fed`, and the bars that came as bars), for the record. Default true; where there is no
   * record a bar that decides nothing allocates nothing.
   */
  readonly keepsInputs?: boolean;
}

/** Bars that a new instance wants from before it began, newest last. */
export interface WarmupNeed {
  readonly instanceId: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly bars: number;
}
