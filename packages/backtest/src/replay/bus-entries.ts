import type { LoggedRead } from '@alpha-engine/core';
import { AlphaError, type Delivery, type EventBus, type StreamName } from '@alpha-engine/core';
import type { EntrySource } from './entry-source.js';

/** Entries fetched at once. */
const PAGE = 2_000;

interface Place {
  /** Fetched and not asked for yet. */
  waiting: Delivery[];
  /** Of the last one fetched. */
  last: string | null;
}

/** The bus itself: as long as nothing was trimmed, every read is still there. It takes no group and changes no place. */
export class BusEntries implements EntrySource {
  readonly name = 'the bus';
  readonly #bus: Pick<EventBus, 'range' | 'latest'>;
  readonly #places = new Map<StreamName, Place>();

  constructor(bus: Pick<EventBus, 'range' | 'latest'>) {
    this.#bus = bus;
  }

  async entries({ ranges }: LoggedRead): Promise<readonly Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const [stream, firstId, lastId, count] of ranges) {
      const place = await this.#at(stream, firstId);
      await this.#fill(stream, place, count);
      const found = place.waiting.splice(0, count);
      if (found.length !== count || found[0]?.id !== firstId || found.at(-1)?.id !== lastId) {
        throw gone(stream, firstId, lastId, count);
      }
      deliveries.push(...found);
    }
    return deliveries;
  }

  /** Reads follow each other, but for a bus that was wiped in between. */
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

function gone(stream: StreamName, firstId: string, lastId: string, count: number): AlphaError {
  return new AlphaError(
    'REPLAY_INCOMPLETE',
    `${count} entries of ${stream}, ${firstId} to ${lastId}, are not on the bus any more. Replay a later time with --from.`,
    { context: { stream, firstId, lastId, count } },
  );
}
