import type { SeriesKey, StreamName } from './streams.js';

/** Entries of a stream stand at the positions `first` to `last`; an empty stream has `first = last + 1`. */
export interface StreamRow {
  readonly first: number;
  readonly last: number;
}

/** Who may append to a series, and its last sequence number. */
export interface SeriesRow {
  readonly writer: number;
  readonly seq: number;
}

/** An entry handed to a member of a shared group and not acknowledged yet. */
export interface Pending {
  readonly position: number;
  readonly consumer: string;
  /** Wall time of the hand-over, epoch milliseconds; 0 makes it due at once. */
  readonly atMs: number;
}

/** `position`: everything up to it is acknowledged. `owner` tells the member of now from those before it. */
export interface OwnedRow {
  readonly mode: 'owned';
  readonly owner: number;
  readonly consumer: string;
  readonly position: number;
}

/** `cursor`: everything up to it was handed out; what is not in `pending` of that is acknowledged. */
export interface SharedRow {
  readonly mode: 'shared';
  readonly cursor: number;
  readonly pending: readonly Pending[];
}

export type GroupRow = OwnedRow | SharedRow;

export interface GroupEntry {
  readonly group: string;
  readonly stream: StreamName;
  readonly row: GroupRow;
}

/** An encoded event and its place. */
export interface Entry {
  readonly position: number;
  readonly text: string;
}

export interface ReadTables {
  stream(name: StreamName): StreamRow | undefined;
  streams(): readonly (readonly [StreamName, StreamRow])[];
  series(key: SeriesKey): SeriesRow | undefined;
  group(group: string, stream: StreamName): GroupRow | undefined;
  groups(): readonly GroupEntry[];
  /** Entries after a position, in order; those before the stream's `first` are gone. */
  entries(stream: StreamName, after: number, limit: number): readonly Entry[];
  /** Whether this entry was put on the dead-letter stream before. */
  isDead(stream: StreamName, position: number): boolean;
}

export interface WriteTables extends ReadTables {
  setSeries(key: SeriesKey, row: SeriesRow): void;
  setGroup(group: string, stream: StreamName, row: GroupRow): void;
  deleteGroup(group: string, stream: StreamName): void;
  /** Appends after the stream's last entry. */
  append(stream: StreamName, texts: readonly string[]): void;
  /** Leaves positions out: the next entry comes after `position`. */
  skipTo(stream: StreamName, position: number): void;
  removeBefore(stream: StreamName, first: number): void;
  markDead(stream: StreamName, position: number): void;
  /** A number never given before on this bus. */
  nextNumber(): number;
}

/**
 * What a bus needs underneath: tables, and one atomic step over them. `StorageBus` is the same on each; only this differs
 * between a memory bus and one shared by processes.
 */
export interface BusStorage {
  /**
   * Runs `work` in a transaction, after those asked for before. Resolves once it is durable, or with `visible` once every
   * process sees it, which a kill survives and a power cut may undo; such a change need not wake readers. A refusal (`AlphaError`) must be thrown before the
   * first write.
   */
  write<T>(work: (tables: WriteTables) => T, until?: 'durable' | 'visible'): Promise<T>;

  /** Runs `work` on a snapshot. Synchronous and cheap; takes no lock. */
  read<T>(work: (tables: ReadTables) => T): T;

  readonly changes: ChangeSource;

  /** How often a waiting reader looks although nothing woke it, milliseconds: wake-ups from other processes may be missed. */
  readonly pollMs: number;

  /** Wall time, epoch milliseconds. */
  now(): number;

  close(): Promise<void>;
}

/** Counts changes of the storage, those made by other processes too. */
export interface ChangeSource {
  readonly count: number;
  /** Calls back at each change until the returned function is called. */
  listen(listener: () => void): () => void;
}
