import {
  AlphaError,
  type EpochMs,
  type EventBus,
  type LoggedRange,
  type LoggedRead,
  type Store,
  type StreamEvent,
  type StreamName,
} from '@alpha-engine/core';
import { ArchivePlace } from './archive-place.js';
import type { KeptSegments } from './archived-series.js';
import { BusPlace } from './bus-place.js';
import type { EntryPlace, EntrySource } from './entry-source.js';
import { OrderPlace } from './order-place.js';

export interface KeptEntriesOptions {
  readonly exchange: string;
  readonly bus: Pick<EventBus, 'range' | 'latest'>;
  /** Has the order events that the bus has no more. */
  readonly store: Pick<Store, 'orderEvents'>;
  /** Has the market events that the bus has no more. */
  readonly archive?: { readonly reader: KeptSegments; readonly name: string };
}

/**
 * The bus, and for what was trimmed there the archive and the record. A stream is read where it was found last: once trimmed, it comes
 * from the archive up to what is not archived yet.
 */
export class KeptEntries implements EntrySource {
  readonly #places: readonly EntryPlace[];
  readonly #archive: string | null;
  /** Where each stream was found last. */
  readonly #found = new Map<StreamName, EntryPlace>();
  readonly #used = new Set<EntryPlace>();

  constructor({ archive, bus, exchange, store }: KeptEntriesOptions) {
    this.#archive = archive?.name ?? null;
    this.#places = [
      new BusPlace(bus),
      new OrderPlace(store, exchange),
      ...(archive === undefined ? [] : [new ArchivePlace({ archive: archive.reader, exchange, name: archive.name })]),
    ];
  }

  get name(): string {
    const used = this.#places.filter((place) => this.#used.has(place));
    return (used.length === 0 ? this.#places.slice(0, 1) : used).map(({ name }) => name).join(', ');
  }

  async entries(read: LoggedRead, ts: EpochMs): Promise<readonly StreamEvent[]> {
    const events: StreamEvent[] = [];
    for (const range of read.ranges) events.push(...(await this.#find(range, read, ts)));
    return events;
  }

  /** What is open of an archive; the bus and the store stay open. Idempotent. */
  async close(): Promise<void> {
    for (const place of this.#places) await place.close();
  }

  async #find(range: LoggedRange, read: LoggedRead, ts: EpochMs): Promise<readonly StreamEvent[]> {
    const [stream] = range;
    const last = this.#found.get(stream);
    const places = last === undefined ? this.#places : [last, ...this.#places.filter((place) => place !== last)];
    for (const place of places) {
      const found = await place.find(range, read, ts);
      if (found === null) continue;
      this.#found.set(stream, place);
      this.#used.add(place);
      return found;
    }
    throw this.#gone(range);
  }

  #gone([stream, firstId, lastId, count]: LoggedRange): AlphaError {
    const archive =
      this.#archive === null
        ? 'and there is no archive (`alpha archive` keeps one; --archive-dir names its folder)'
        : `and not all of them are in ${this.#archive}`;
    return new AlphaError(
      'REPLAY_INCOMPLETE',
      `${count} entries of ${stream}, ${firstId} to ${lastId}, are not on the bus any more, ${archive}. Replay a later time with --from.`,
      { context: { stream, firstId, lastId, count } },
    );
  }
}
