import type { AlphaEvent } from '../events/event.js';
import type { DeadLetter } from './dead-letter.js';
import type { EventBatch } from './event-batch.js';
import type { Partition, Series, SeriesKey, StreamName } from './streams.js';

/** Position of an entry in its stream: opaque text, comparable only by the bus that made it. */
export type EntryId = string;

/** A publisher's number, higher than that of every publisher before it on the same series. */
export type WriterId = number;

export interface Claim {
  readonly writer: WriterId;
  /** Last sequence number on the bus by series; 0 where nothing was published yet. */
  readonly lastSeq: ReadonlyMap<SeriesKey, number>;
}

export interface PublishResult {
  /** Entries that are new on the bus. */
  readonly appended: number;
  /** Entries that were there already: a retry after an unknown answer. */
  readonly skipped: number;
}

export interface Delivery {
  readonly stream: StreamName;
  readonly id: EntryId;
  readonly event: AlphaEvent;
}

export interface SubscribeOptions {
  /** A group has one place in each stream; its members share it. */
  readonly group: string;
  /** Name of this member, unique within the group. */
  readonly consumer: string;
  readonly streams: readonly StreamName[];
  /**
   * `owned` (default): one member at a time reads in order and the Store decides where it stands; taking over ends the
   * member before. `shared`: members share the entries, order across members does not matter, and what a member left
   * unacknowledged for `redeliverAfterMs` goes to another.
   */
  readonly mode?: 'owned' | 'shared';
  /** Where a group that does not exist yet begins: `start` (default) or `end`. */
  readonly from?: 'start' | 'end';
  /** Shared groups only; milliseconds of wall time. Default 30 000. */
  readonly redeliverAfterMs?: number;
  /** Called with entries of one stream that this member was the first to set aside, as they were put on its `dlq:` stream. */
  readonly onDeadLetters?: (letters: readonly DeadLetter[]) => void;
}

export interface ReadOptions {
  /** Most entries per stream in one batch. Default 500. */
  readonly limit?: number;
  /** How long to wait for the first entry, milliseconds of wall time. 0 returns at once. Default 1000. */
  readonly waitMs?: number;
  /** Ends the wait early; the read then answers what it has. */
  readonly signal?: AbortSignal;
}

export interface Batch {
  /** Grouped by stream in the order of `SubscribeOptions.streams`; in stream order within each. */
  readonly deliveries: readonly Delivery[];
  /** True when, at the moment of reading, no stream of the subscription had more. */
  readonly drained: boolean;
}

/**
 * A group's reader. At-least-once: what was not acknowledged is delivered again to the next `subscribe` of the group.
 * An entry that cannot be decoded is put on `dlq:<stream>` with its reason and skipped. When another member took over
 * an owned group, `read`, `ack` and `seek` throw `BUS_GROUP_TAKEN`; after `close` they throw `BUS_CLOSED`.
 */
export interface Subscription {
  read(options?: ReadOptions): Promise<Batch>;

  /** Everything of a stream up to and including `id` is done (owned), or exactly these entries are (shared). Idempotent. */
  ack(stream: StreamName, ids: readonly EntryId[]): Promise<void>;

  /**
   * Sets the group's place: the next read begins after `id`; null means before the first entry. An id beyond the end (a
   * record that outlived the stream) moves the end there, so that entries appended later are read.
   */
  seek(stream: StreamName, id: EntryId | null): Promise<void>;

  /** Stops reading; a read that waits returns what it has. The group's place stays. */
  close(): Promise<void>;
}

export interface GroupLag {
  readonly group: string;
  readonly stream: StreamName;
  /** Entries the group has not acknowledged. */
  readonly lag: number;
  /** Those of them that were delivered. An owned group counts what it has in hand only where it reads; elsewhere 0. */
  readonly pending: number;
  /** The group's place, or null before the first entry. */
  readonly position: EntryId | null;
}

export interface StreamInfo {
  readonly stream: StreamName;
  readonly length: number;
  readonly firstId: EntryId | null;
  readonly lastId: EntryId | null;
}

/** Durable streams of events, shared by processes. Order is kept per stream, not across streams. */
export interface EventBus {
  /** How `md` streams are named here; `marketStreams` gives the names to subscribe to. */
  readonly partition: Partition;

  /**
   * Becomes the writer of these series: every earlier writer of them is fenced off from now on. With `as`, the series
   * join those a writer has already; where a later writer stands, that is `BUS_FENCED`.
   *
   * `atLeast` raises the count of a series that stands lower than the claimer's own record says: a bus that was wiped or
   * restored from an older copy would refuse everything the claimer goes on with.
   */
  claim(series: readonly Series[], as?: WriterId, atLeast?: ReadonlyMap<SeriesKey, number>): Promise<Claim>;

  /**
   * Resolves once every event is durable. Each event goes to its stream (`streamOf`).
   *
   * An event with a `seq` belongs to a claimed series: the count of the series is kept in the same atomic step as the
   * append, so that one already present is skipped, and a hole (`BUS_SEQUENCE_HOLE`) or an older writer (`BUS_FENCED`)
   * is refused with nothing of the call appended. An event without `seq` is simply appended; `writer` may then be null.
   * `batchOf` makes a batch of events; one that is there already is not encoded again.
   */
  publish(writer: WriterId | null, events: readonly AlphaEvent[] | EventBatch): Promise<PublishResult>;

  subscribe(options: SubscribeOptions): Promise<Subscription>;

  /** Entries after `after` (null: from the first) that can be decoded, for looking and for tests; needs no group. */
  range(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly Delivery[]>;

  /** At most `limit` entries before `before` (null: the last ones) that can be decoded, in stream order; needs no group. */
  latest(stream: StreamName, before: EntryId | null, limit: number): Promise<readonly Delivery[]>;

  /** Entries of `stream` that could not be decoded, as they stand on `dlq:<stream>`; `after` is an id there. */
  deadLetters(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly DeadLetter[]>;

  /**
   * Appends the dead letters with these `entry_id`s to the end of `stream` again, to the last character as they were, and
   * takes them off `dlq:<stream>`, in one atomic step: done twice, it is done once. One that still cannot be decoded comes
   * back with its new place. Returns how many were put back.
   */
  putBack(stream: StreamName, entryIds: readonly EntryId[]): Promise<number>;

  streams(): Promise<readonly StreamInfo[]>;

  lag(group?: string): Promise<readonly GroupLag[]>;

  /** Forgets a group and its places. */
  dropGroup(group: string): Promise<void>;

  /**
   * Removes entries from the head of a stream so that at most `keep` stay, but never one that a group still needs
   * (after its acknowledged place). Returns how many were removed.
   */
  trim(stream: StreamName, keep: number): Promise<number>;

  /** Idempotent. Waits for what is being written. */
  close(): Promise<void>;
}
