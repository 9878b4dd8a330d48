import type { Delivery, EventBus, LoggedRange, LoggedRead, StreamName } from '@alpha-engine/core';
import type { EntryPlace } from './entry-source.js';

/** Entries fetched at once. */
const PAGE = 2_000;

interface Place {
  /** Fetched and not asked for yet. */
  waiting: Delivery[];
  /** Of the last one fetched. */
  last: string | null;
}

/** The bus itself: as long as nothing was trimmed, every read is still there. It takes no group and changes no place. */
export class BusPlace implements EntryPlace {
  readonly name = 'the bus';
  readonly #bus: Pick<EventBus, 'range' | 'latest'>;
  readonly #places = new Map<StreamName, Place>();

  constructor(bus: Pick<EventBus, 'range' | 'latest'>) {
    this.#bus = bus;
  }

  async find([stream, firstId, lastId, count]: LoggedRange, read: LoggedRead): Promise<readonly Delivery[] | null> {
    const place = await this.#at(stream, firstId);
    await this.#fill(stream, place, count);
    const [first, last] = [place.waiting[0], place.waiting[count - 1]];
    if (first?.id !== firstId || last?.id !== lastId || !isOf(read, first) || !isOf(read, last)) return null;
    return place.waiting.splice(0, count);
  }

  async close(): Promise<void> {}

  /** Reads follow each other, but for a bus that was wiped in between, and for what was found elsewhere. */
  async #at(stream: StreamName, firstId: string): Promise<Place> {
    const known = this.#places.get(stream);
    if (known !== undefined) {
      if (known.waiting.length === 0) await this.#fill(stream, known, 1);
      if (known.waiting[0]?.id === firstId) return known;
    }
    const [before] = await this.#bus.latest(stream, firstId, 1);
    const place: Place = { waiting: [], last: before?.id ?? null };
    this.#places.set(stream, place);
    return place;
  }

  async #fill(stream: StreamName, place: Place, count: number): Promise<void> {
    while (place.waiting.length < count) {
      const page = await this.#bus.range(stream, place.last, PAGE);
      place.waiting.push(...page);
      place.last = page.at(-1)?.id ?? place.last;
      if (page.length === 0) return;
    }
  }
}

/** A bus that was emptied may give its ids once more: to other events. */
function isOf({ seqs = [] }: LoggedRead, { event: { seq, symbol, type } }: Delivery): boolean {
  if (seq === undefined) return true;
  return seqs.some(([whose, what, first, last]) => whose === symbol && what === type && seq >= first && seq <= last);
}
