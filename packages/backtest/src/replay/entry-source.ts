import type { EpochMs, LoggedRange, LoggedRead, StreamEvent } from '@alpha-engine/core';

/** Where the events of a session are read again. */
export interface EntrySource {
  /** For people: where they were found so far. */
  readonly name: string;
  /** Exactly what this read had, grouped by stream in their recorded order; `ts`: when it was recorded. Throws `REPLAY_INCOMPLETE`. */
  entries(read: LoggedRead, ts: EpochMs): Promise<readonly StreamEvent[]>;
}

/** One place where streams are kept. Reads ask for them in the order in which they were recorded. */
export interface EntryPlace {
  readonly name: string;
  /** Null where not all of it is there. */
  find(range: LoggedRange, read: LoggedRead, ts: EpochMs): Promise<readonly StreamEvent[] | null>;
  close(): Promise<void>;
}
