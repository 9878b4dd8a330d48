import { decodeEntries } from '../decode-entries.js';
import type { Batch, Delivery, EntryId, ReadOptions, Subscription } from '../event-bus.js';
import { notSubscribed, subscriptionClosed } from '../refusals.js';
import type { StreamName } from '../streams.js';
import { Wakes } from '../wakes.js';
import { placeOfId, type RedisEntry } from './redis-entry.js';
import type { RedisLink } from './redis-link.js';
import type { RedisPlaces, Taken } from './redis-places.js';
import { isPassing, redisError } from './redis-trouble.js';

/** Puts what could not be decoded on the dead-letter stream. */
export type Bury = (
  stream: StreamName,
  bad: readonly { readonly entry: RedisEntry; readonly reason: string }[],
) => Promise<void>;

/** A wait inside Redis ends after this, to look whether the group is still ours; milliseconds. */
const LONGEST_BLOCK_MS = 500;
/** Between two looks where nothing can wait inside Redis (a Cluster), and while Redis is away. */
const FIRST_POLL_MS = 1;
const LONGEST_POLL_MS = 25;

/** One member's reader: takes, decodes, sets aside what cannot be decoded, and waits when there is nothing or no Redis. */
export class RedisSubscription implements Subscription {
  readonly group: string;
  readonly #link: RedisLink;
  readonly #places: RedisPlaces;
  readonly #bury: Bury;
  readonly #onClose: () => void;
  readonly #wakes = new Wakes();
  #closed = false;

  constructor(link: RedisLink, group: string, places: RedisPlaces, hooks: { bury: Bury; onClose: () => void }) {
    this.#link = link;
    this.group = group;
    this.#places = places;
    this.#bury = hooks.bury;
    this.#onClose = hooks.onClose;
  }

  async read(options: ReadOptions = {}): Promise<Batch> {
    const { limit = 500, waitMs = 1000, signal } = options;
    this.#assertOpen();
    const deadline = performance.now() + waitMs;
    const interrupt = () => this.#places.interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(LONGEST_POLL_MS, pollMs * 2)) {
        const blockMs = signal?.aborted ? 0 : Math.min(LONGEST_BLOCK_MS, deadline - performance.now());
        const taken = await this.#take(Math.max(1, limit), Math.max(0, blockMs));
        const deliveries = taken === null ? [] : await this.#decode(taken);
        const ended = this.#closed || signal?.aborted === true || performance.now() >= deadline;
        if (deliveries.length > 0 || ended) return { deliveries, drained: taken?.drained ?? this.#closed };
        if (taken !== null && (!taken.drained || this.#places.canBlock)) continue;
        await this.#wakes.pause(Math.min(pollMs, deadline - performance.now()), signal, () => this.#closed);
      }
    } finally {
      signal?.removeEventListener('abort', interrupt);
    }
  }

  async ack(stream: StreamName, ids: readonly EntryId[]): Promise<void> {
    this.#assertReads(stream);
    if (ids.length > 0) await this.#places.ack(stream, ids.map(placeOfId));
  }

  async seek(stream: StreamName, id: EntryId | null): Promise<void> {
    this.#assertReads(stream);
    await this.#places.seek(stream, placeOfId(id));
    this.#places.interrupt();
  }

  delivered(stream: StreamName): number {
    return this.#places.delivered(stream);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    this.#places.interrupt();
    this.#wakes.wake();
  }

  /** Null when Redis is away or has a full disk, or the read was interrupted: nothing is known. */
  async #take(limit: number, blockMs: number): Promise<Taken | null> {
    try {
      return await this.#places.take(limit, blockMs);
    } catch (error) {
      if (this.#closed) return { streams: [], drained: true };
      if (isPassing(error)) return null;
      throw redisError(error, this.#link.where);
    }
  }

  async #decode(taken: Taken): Promise<readonly Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const { stream, entries } of taken.streams) {
      const { good, bad } = decodeEntries(entries);
      for (const { entry, event } of good) deliveries.push({ stream, id: entry.id, event });
      if (bad.length === 0) continue;
      await this.#bury(stream, bad);
      await this.#places.pass(
        stream,
        bad.map(({ entry }) => entry.id),
      );
    }
    return deliveries;
  }

  #assertReads(stream: StreamName): void {
    this.#assertOpen();
    if (!this.#places.streams.includes(stream)) throw notSubscribed(this.group, stream);
  }

  #assertOpen(): void {
    if (this.#closed) throw subscriptionClosed(this.group);
  }
}
