import type { EpochMs } from '../events/common.js';
import type { TargetSnapshot } from './target.js';

/** Where an instance stood when it began: what a rebuild starts from. */
export interface Beginning {
  /** First batch that could reach it. */
  readonly batch: number;
  readonly target: TargetSnapshot;
  /** Signed base coin, decimal text. */
  readonly filled: string;
}

/** How far an instance has read the bars of one timeframe. Plain JSON. */
export interface BarProgress {
  /** Bars it has seen, warm-up included. */
  readonly bars: number;
  /** The last of them; -1 before the first. */
  readonly lastOpenTs: EpochMs;
  /** Absent: 0. */
  readonly lastOrdinal?: number;
}

/** Plain JSON. The progress is that of its own timeframe. */
export interface InstanceSnapshot extends BarProgress {
  readonly began: Beginning;
  readonly target: TargetSnapshot;
  readonly filled: string;
  /** By further timeframe; absent where there is none. */
  readonly further?: Readonly<Record<string, BarProgress>>;
  /** A bar built from live trades has reached it: warm-up is over. */
  readonly live: boolean;
  readonly cause: string;
  readonly ordinal: number;
  readonly halted: string | null;
  /** What the strategy's own `snapshot` returned; absent for a strategy that is rebuilt instead. */
  readonly own?: unknown;
}

/** The snapshot of an instance that nothing has reached yet. */
export function snapshotAt(began: Beginning): InstanceSnapshot {
  return {
    began,
    target: began.target,
    filled: began.filled,
    bars: 0,
    live: false,
    lastOpenTs: -1,
    cause: '',
    ordinal: 0,
    halted: null,
  };
}
