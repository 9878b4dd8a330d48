import type { Bar, EpochMs } from '@alpha-engine/core';

/** Bars in order of their opening, in batches; read once, as a stream. */
export interface BarSource {
  bars(): AsyncIterable<readonly Bar[]> | Iterable<readonly Bar[]>;
  /** What was read; complete when `bars` has ended. */
  provenance(): readonly DataProvenance[];
}

/** What rows hold; `events` are of any type, as on the bus. */
export type DataKind = 'bars' | 'trades' | 'books' | 'events';

/** Where data came from and what was wrong with them. */
export interface DataProvenance {
  /** A file, or the name of another source. */
  readonly file: string;
  readonly kind: DataKind;
  /** Of the file's bytes as they lie there, compressed or not; null for what is no file. */
  readonly sha256: string | null;
  /** Lines with data, good or bad. */
  readonly rows: number;
  /** Bars or events that were handed on. */
  readonly used: number;
  readonly firstTs: EpochMs | null;
  readonly lastTs: EpochMs | null;
  /** How the columns were understood, for example `Date → time`. */
  readonly columns: readonly string[];
  readonly faults: readonly RowFaults[];
  /** Places where bars are further apart than their length; a closed market is one. */
  readonly gaps: Gaps;
  /** What is no fault and should be known, in sentences without a dot. */
  readonly notes: readonly string[];
}

const FEW = 5;

/** There is a gap behind every bar: they look longer than was said. Few prove nothing: a closed market is a gap as well. */
export function seemLonger({ gaps, kind, used }: Pick<DataProvenance, 'gaps' | 'kind' | 'used'>): boolean {
  return kind === 'bars' && used > FEW && gaps.count >= used - 1;
}

export interface Gaps {
  readonly count: number;
  readonly longestMs: number;
  /** Lines of the rows behind the first few; absent where there are no lines. */
  readonly lines?: readonly number[];
}

/** All bad rows of one kind in one file. */
export interface RowFaults {
  readonly problem: string;
  readonly count: number;
  /** Lines of the first few, 1 is the first line of the file. */
  readonly lines: readonly number[];
}
