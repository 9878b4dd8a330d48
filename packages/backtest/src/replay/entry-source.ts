import type { Delivery, LoggedRead } from '@alpha-engine/core';

/** Where the events of a session are read again. */
export interface EntrySource {
  /** For people. */
  readonly name: string;
  /** Exactly what this read had, grouped by stream in their recorded order. Throws `REPLAY_INCOMPLETE`. */
  entries(read: LoggedRead): Promise<readonly Delivery[]>;
}
