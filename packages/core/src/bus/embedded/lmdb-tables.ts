import type { Database, RootDatabase } from 'lmdb';
import type { Entry, GroupEntry, GroupRow, SeriesRow, StreamRow, WriteTables } from '../storage.js';
import type { SeriesKey, StreamName } from '../streams.js';

/** Entries are stored in chunks: lines of JSON under the stream and the position of the first. */
const CHUNK_ENTRIES = 64;
const CHUNK_CHARACTERS = 64 * 1024;

const LAST = Number.MAX_SAFE_INTEGER;
const NOTHING: StreamRow = { first: 1, last: 0 };

type ChunkKey = [stream: StreamName, first: number];
type RowKey = ['stream' | 'series' | 'number', string] | ['group' | 'dead', string, string | number];

/**
 * The tables of a bus in LMDB. Many entries in one value make appending and reading several times cheaper than a value
 * each; JSON never contains a line break, so a line is an entry. Writing methods work only inside a transaction.
 */
export class LmdbTables implements WriteTables {
  readonly #chunks: Database<string, ChunkKey>;
  readonly #rows: Database<unknown, RowKey>;

  constructor(root: RootDatabase) {
    this.#chunks = root.openDB<string, ChunkKey>('chunks', { encoding: 'string' });
    this.#rows = root.openDB<unknown, RowKey>('rows', { encoding: 'json' });
  }

  stream(name: StreamName): StreamRow | undefined {
    return this.#rows.get(['stream', name]) as StreamRow | undefined;
  }

  streams(): readonly (readonly [StreamName, StreamRow])[] {
    const found: [StreamName, StreamRow][] = [];
    for (const { key, value } of this.#rows.getRange(allOf('stream'))) found.push([key[1], value as StreamRow]);
    return found;
  }

  series(key: SeriesKey): SeriesRow | undefined {
    return this.#rows.get(['series', key]) as SeriesRow | undefined;
  }

  group(group: string, stream: StreamName): GroupRow | undefined {
    return this.#rows.get(['group', group, stream]) as GroupRow | undefined;
  }

  groups(): readonly GroupEntry[] {
    const found: GroupEntry[] = [];
    for (const { key, value } of this.#rows.getRange(allOf('group'))) {
      found.push({ group: key[1], stream: key[2] as StreamName, row: value as GroupRow });
    }
    return found;
  }

  entries(stream: StreamName, after: number, limit: number): readonly Entry[] {
    const { first, last } = this.stream(stream) ?? NOTHING;
    const from = Math.max(after + 1, first);
    const found: Entry[] = [];
    if (from > last || limit <= 0) return found;
    for (const { key, value } of this.#chunks.getRange({ start: this.#chunkOf(stream, from), end: [stream, LAST] })) {
      let position = key[1];
      for (const text of value.split('\n')) {
        if (position >= from) found.push({ position, text });
        if (found.length === limit) return found;
        position += 1;
      }
    }
    return found;
  }

  isDead(stream: StreamName, position: number): boolean {
    return this.#rows.doesExist(['dead', stream, position]);
  }

  setSeries(key: SeriesKey, row: SeriesRow): void {
    this.#put(['series', key], row);
  }

  setGroup(group: string, stream: StreamName, row: GroupRow): void {
    this.#put(['group', group, stream], row);
  }

  deleteGroup(group: string, stream: StreamName): void {
    void this.#rows.remove(['group', group, stream]);
  }

  append(stream: StreamName, texts: readonly string[]): void {
    const { first, last } = this.stream(stream) ?? NOTHING;
    let start = 0;
    while (start < texts.length) {
      let end = start;
      let size = 0;
      do size += texts[end++]!.length;
      while (end < texts.length && end - start < CHUNK_ENTRIES && size + texts[end]!.length <= CHUNK_CHARACTERS);
      void this.#chunks.put([stream, last + 1 + start], texts.slice(start, end).join('\n'));
      start = end;
    }
    this.#put(['stream', stream], { first, last: last + texts.length });
  }

  skipTo(stream: StreamName, position: number): void {
    const { first, last } = this.stream(stream) ?? NOTHING;
    this.#put(['stream', stream], { first: first > last ? position + 1 : first, last: position });
  }

  removeBefore(stream: StreamName, first: number): void {
    const { last } = this.stream(stream) ?? NOTHING;
    // A chunk that reaches over the cut stays whole; what stands before `first` in it is no longer read.
    const [, kept] = this.#chunkOf(stream, first);
    for (const key of [...this.#chunks.getKeys({ start: [stream, 0], end: [stream, Math.min(kept, first)] })]) {
      void this.#chunks.remove(key);
    }
    for (const key of [...this.#rows.getKeys({ start: ['dead', stream, 0], end: ['dead', stream, first] })]) {
      void this.#rows.remove(key);
    }
    this.#put(['stream', stream], { first, last });
  }

  markDead(stream: StreamName, position: number): void {
    this.#put(['dead', stream, position], true);
  }

  nextNumber(): number {
    const next = ((this.#rows.get(['number', '']) as number | undefined) ?? 0) + 1;
    this.#put(['number', ''], next);
    return next;
  }

  /** Key of the chunk a position stands in, or where it would begin. */
  #chunkOf(stream: StreamName, position: number): ChunkKey {
    const key: ChunkKey = [stream, position];
    if (this.#chunks.doesExist(key)) return key;
    for (const before of this.#chunks.getKeys({ start: key, end: [stream, 0], reverse: true, limit: 1 })) return before;
    return key;
  }

  #put(key: RowKey, value: unknown): void {
    void this.#rows.put(key, value);
  }
}

/** Every key of one kind: strings sort before the character after the last one. */
function allOf(kind: 'stream' | 'group') {
  return { start: [kind, ''] as RowKey, end: [kind, '\u{10ffff}'] as RowKey };
}
