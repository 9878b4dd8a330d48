import type { AlphaEvent } from '../events/event.js';
import type { RawEventQuery, RawSegment } from '../store/raw-events.js';

/** One part of a series on one UTC day, as it lies in an archive. */
export interface ArchiveSegment extends RawSegment {
  /** 1, and more when the count of the series began again on that day (a bus that was emptied). */
  readonly part: number;
  /** The compressed file below the archive's folder and its size in bytes; null in a database. */
  readonly file: { readonly path: string; readonly bytes: number } | null;
}

/** Puts events away for good. One writer at a time. */
export interface ArchiveWriter {
  /** Takes events for the next `flush`. What is in the archive already (series, `seq`) is left out. */
  add(events: readonly AlphaEvent[]): Promise<void>;

  /**
   * Resolves with the number of new rows once everything taken is durable. After a failure nothing is forgotten: call it
   * again. Throws `ARCHIVE_UNAVAILABLE` or a `STORE_*` error, retryable where the next call may succeed.
   */
  flush(): Promise<number>;

  /** Drops days that ended at or before this time. Returns how many segments, or days in a database. */
  dropBefore(ts: number): Promise<number>;

  /** Does not flush. Idempotent. */
  close(): Promise<void>;
}

export interface ArchiveReader {
  /** By exchange, symbol, type, day and part. `from` and `to` choose whole days here. */
  segments(query?: RawEventQuery): Promise<readonly ArchiveSegment[]>;

  /** Pages in the order they were archived, which is the order of `seq`. Throws `ARCHIVE_DAMAGED`. */
  read(segment: ArchiveSegment): AsyncIterable<readonly AlphaEvent[]>;

  /** What differs between a segment and what was noted of it, in sentences; empty when nothing does. */
  check(segment: ArchiveSegment): Promise<readonly string[]>;
}
