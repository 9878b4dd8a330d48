import type { BrainName, EpochMs, InstanceSpec, SignalRecord, Store, StrategyBeginning } from '@alpha-engine/core';
import type { Divergence } from './divergence.js';
import type { EntrySource } from './entry-source.js';

export interface ReplayOptions {
  readonly store: Store;
  readonly exchange: string;
  readonly entries: EntrySource;
  /** The strategies of a recorded process; their parameters may be others than the recorded ones. */
  readonly instances: (began: StrategyBeginning) => Promise<readonly InstanceSpec[]>;
  /** Parameters are others: decisions are compared, and the replay ends at the first that differs. */
  readonly changed: boolean;
  /** Begins with the process that ran at this market time. Absent: with the oldest that is kept. */
  readonly from?: EpochMs;
  /** Ends with the last batch before this market time. */
  readonly to?: EpochMs;
  readonly signal?: AbortSignal;
}

/** Of one brain: what was run again. */
export interface ReplayedBrain {
  readonly brain: BrainName;
  readonly firstBatch: number;
  readonly lastBatch: number;
  /** Market times of these batches. */
  readonly fromTs: EpochMs;
  readonly toTs: EpochMs;
  /** Rows of the input log between them, both included; none: nothing of this brain is in the time that was asked for. */
  readonly batches: number;
  /** Processes it ran as: one more than it was started again. */
  readonly processes: number;
  readonly inputs: number;
  /** It reached the last row there is, so that the state was compared with the checkpoint. */
  readonly complete: boolean;
}

export interface ReplayCounts {
  readonly bars: number;
  readonly signals: number;
  readonly verdicts: number;
  readonly orderEvents: number;
  readonly orders: number;
  readonly fills: number;
}

export interface ReplayResult {
  readonly identical: boolean;
  readonly brains: readonly ReplayedBrain[];
  /** What was compared and equal. */
  readonly compared: ReplayCounts;
  readonly divergence: Divergence | null;
  /** What this replay does not say. */
  readonly notes: readonly string[];
}

/** Signals by id, as recorded. */
export type RecordedSignals = ReadonlyMap<string, SignalRecord>;
