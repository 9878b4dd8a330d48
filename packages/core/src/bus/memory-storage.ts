import { ChangeCounter } from './change-counter.js';
import type { BusStorage, Entry, GroupRow, SeriesRow, StreamRow, WriteTables } from './storage.js';
import type { StreamName } from './streams.js';

const NOTHING: StreamRow = { first: 1, last: 0 };

/** Tables in the memory of this process: gone with it. */
export class MemoryStorage implements BusStorage {
  readonly changes = new ChangeCounter();
  readonly pollMs = Number.POSITIVE_INFINITY;
  readonly #tables = new MemoryTables();

  async write<T>(work: (tables: WriteTables) => T): Promise<T> {
    const result = work(this.#tables);
    this.changes.notify();
    return result;
  }

  read<T>(work: (tables: WriteTables) => T): T {
    return work(this.#tables);
  }

  now(): number {
    return Date.now();
  }

  async close(): Promise<void> {
    this.changes.notify();
  }
}

class MemoryTables implements WriteTables {
  readonly #streams = new Map<StreamName, StreamRow>();
  readonly #entries = new Map<StreamName, Entry[]>();
  readonly #series = new Map<string, SeriesRow>();
  readonly #groups = new Map<string, Map<StreamName, GroupRow>>();
  readonly #dead = new Map<StreamName, Set<number>>();
  #number = 0;

  stream(name: StreamName) {
    return this.#streams.get(name);
  }

  streams() {
    return [...this.#streams].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  series(key: string) {
    return this.#series.get(key);
  }

  group(group: string, stream: StreamName) {
    return this.#groups.get(group)?.get(stream);
  }

  groups() {
    return [...this.#groups].flatMap(([group, rows]) => [...rows].map(([stream, row]) => ({ group, stream, row })));
  }

  entries(stream: StreamName, after: number, limit: number) {
    const entries = this.#entries.get(stream) ?? [];
    const from = indexAfter(entries, after);
    return entries.slice(from, from + limit);
  }

  isDead(stream: StreamName, position: number) {
    return this.#dead.get(stream)?.has(position) ?? false;
  }

  setSeries(key: string, row: SeriesRow) {
    this.#series.set(key, row);
  }

  setGroup(group: string, stream: StreamName, row: GroupRow) {
    const rows = this.#groups.get(group) ?? new Map<StreamName, GroupRow>();
    this.#groups.set(group, rows.set(stream, row));
  }

  deleteGroup(group: string, stream: StreamName) {
    this.#groups.get(group)?.delete(stream);
  }

  append(stream: StreamName, texts: readonly string[]) {
    const { first, last } = this.#streams.get(stream) ?? NOTHING;
    const entries = this.#entries.get(stream) ?? [];
    texts.forEach((text, index) => {
      entries.push({ position: last + 1 + index, text });
    });
    this.#entries.set(stream, entries);
    this.#streams.set(stream, { first, last: last + texts.length });
  }

  skipTo(stream: StreamName, position: number) {
    const { first, last } = this.#streams.get(stream) ?? NOTHING;
    this.#streams.set(stream, { first: first > last ? position + 1 : first, last: position });
  }

  removeBefore(stream: StreamName, first: number) {
    const { last } = this.#streams.get(stream) ?? NOTHING;
    const entries = this.#entries.get(stream) ?? [];
    entries.splice(0, indexAfter(entries, first - 1));
    this.#streams.set(stream, { first, last });
    const dead = this.#dead.get(stream);
    for (const position of dead ?? []) if (position < first) dead?.delete(position);
  }

  markDead(stream: StreamName, position: number) {
    this.#dead.set(stream, (this.#dead.get(stream) ?? new Set()).add(position));
  }

  nextNumber() {
    this.#number += 1;
    return this.#number;
  }
}

/** Index of the first entry after a position. */
function indexAfter(entries: readonly Entry[], after: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.position > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
