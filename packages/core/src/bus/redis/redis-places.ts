import type { EntryId } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import type { RedisEntry } from './redis-entry.js';

/** Entries taken for this member; nothing is acknowledged by taking. */
export interface Taken {
  readonly streams: readonly { readonly stream: StreamName; readonly entries: readonly RedisEntry[] }[];
  readonly drained: boolean;
}

/** Where a member of a group stands on Redis: the difference between owned and shared groups. */
export interface RedisPlaces {
  readonly streams: readonly StreamName[];
  /** Whether `take` can wait for a first entry. */
  readonly canBlock: boolean;
  /** Waits in Redis at most `blockMs` for a first entry. Throws what the connection throws. */
  take(limit: number, blockMs: number): Promise<Taken>;
  /** Entries of the last `take` that could not be decoded. */
  pass(stream: StreamName, ids: readonly EntryId[]): Promise<void>;
  ack(stream: StreamName, ids: readonly EntryId[]): Promise<void>;
  seek(stream: StreamName, place: EntryId): Promise<void>;
  /** Entries handed out here and not acknowledged. */
  delivered(stream: StreamName): number;
  /** Ends a `take` that waits. */
  interrupt(): void;
}

export interface RedisMember {
  readonly group: string;
  readonly consumer: string;
  readonly streams: readonly StreamName[];
  readonly from: 'start' | 'end';
}
