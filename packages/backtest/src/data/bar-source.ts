import type { Bar, EpochMs } from '@alpha-engine/core';

/** Bars in order of their opening, in batches; read once, as a stream. */
export interface BarSource {
  bars(): AsyncIterable<readonly Bar[]> | Iterable<readonly Bar[]>;
  /** What was read; complete when `bars` has ended. */
  provenance(): readonly DataProvenance[];
}

/** Where bars came from and what was wrong with them. */
export interface DataProvenance {
  readonly file: string;
  /** Of the file's bytes as they lie there, compressed or not. */
  readonly sha256: string;
  /** Lines with data, good or bad. */
  readonly rows: number;
  readonly bars: number;
  readonly firstTs: EpochMs | null;
  readonly lastTs: EpochMs | null;
  /** How the columns were understood, for example `Date → time`. */
  readonly columns: readonly string[];
  readonly faults: readonly RowFaults[];
  /** Places where bars are further apart than their length; a closed market is one. */
  readonly gaps: { readonly count: number; readonly longestMs: number };
}

/** All bad rows of one kind in one file. */
export interface RowFaults {
  readonly problem: string;
  readonly count: number;
  /** Lines of the first few, 1 is the first line of the file. */
  readonly lines: readonly number[];
}
