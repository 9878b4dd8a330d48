import type { DeadLetter } from './dead-letter.js';
import { bury, decodeEntries } from './decode-entries.js';
import { entryId, positionOf } from './entry-id.js';
import type { Batch, Delivery, EntryId, ReadOptions, Subscription } from './event-bus.js';
import { notSubscribed, subscriptionClosed } from './refusals.js';
import type { BusStorage, Entry } from './storage.js';
import type { StreamName } from './streams.js';
import { Wakes } from './wakes.js';

/** Entries taken for this member; nothing is acknowledged by taking. */
export interface Taken {
  readonly streams: readonly { readonly stream: StreamName; readonly entries: readonly Entry[] }[];
  readonly drained: boolean;
  /** When to look again although nothing is appended, milliseconds from now; null for never. */
  readonly againInMs: number | null;
}

/** Where a member of a group stands: the difference between owned and shared groups. */
export interface GroupPlaces {
  readonly streams: readonly StreamName[];
  take(limit: number): Promise<Taken>;
  /** Entries of the last `take` that could not be decoded: they count as acknowledged or are passed over. */
  pass(stream: StreamName, positions: readonly number[]): Promise<void>;
  ack(stream: StreamName, positions: readonly number[]): Promise<void>;
  seek(stream: StreamName, position: number): Promise<void>;
  /** Entries handed out here and not acknowledged. */
  delivered(stream: StreamName): number;
}

export interface SubscriptionHooks {
  onClose(): void;
  /** Entries of one stream that were set aside here first. */
  onDeadLetters(letters: readonly DeadLetter[]): void;
}

/** One member's reader: takes, decodes, sets aside what cannot be decoded, and waits when there is nothing. */
export class GroupSubscription implements Subscription {
  readonly group: string;
  readonly #storage: BusStorage;
  readonly #places: GroupPlaces;
  readonly #hooks: SubscriptionHooks;
  readonly #wakes = new Wakes();
  #closed = false;

  constructor(storage: BusStorage, group: string, places: GroupPlaces, hooks: SubscriptionHooks) {
    this.#storage = storage;
    this.group = group;
    this.#places = places;
    this.#hooks = hooks;
  }

  async read(options: ReadOptions = {}): Promise<Batch> {
    const { limit = 500, signal } = options;
    this.#assertOpen();
    const deadline = performance.now() + (options.waitMs ?? 1000);
    for (;;) {
      const seen = this.#storage.changes.count;
      const taken = await this.#places.take(Math.max(1, limit));
      const deliveries = await this.#decode(taken);
      const leftMs = deadline - performance.now();
      const ended = this.#closed || signal?.aborted === true || leftMs <= 0;
      if (deliveries.length > 0 || ended) return { deliveries, drained: taken.drained };
      if (!taken.drained) continue;
      const waitMs = Math.min(leftMs, taken.againInMs ?? leftMs, this.#storage.pollMs);
      const isOver = () => this.#storage.changes.count !== seen || this.#closed;
      await this.#wakes.pause(waitMs, signal, isOver, (wake) => this.#storage.changes.listen(wake));
      if (this.#closed) return { deliveries: [], drained: true };
    }
  }

  async ack(stream: StreamName, ids: readonly EntryId[]): Promise<void> {
    this.#assertReads(stream);
    if (ids.length > 0) await this.#places.ack(stream, ids.map(positionOf));
  }

  async seek(stream: StreamName, id: EntryId | null): Promise<void> {
    this.#assertReads(stream);
    await this.#places.seek(stream, positionOf(id));
    this.#wakes.wake();
  }

  delivered(stream: StreamName): number {
    return this.#places.delivered(stream);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#hooks.onClose();
    this.#wakes.wake();
  }

  async #decode(taken: Taken): Promise<readonly Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const { stream, entries } of taken.streams) {
      const { good, bad } = decodeEntries(entries);
      for (const { entry, event } of good) deliveries.push({ stream, id: entryId(entry.position), event });
      if (bad.length === 0) continue;
      const met = { group: this.group, nowMs: this.#storage.now() };
      this.#hooks.onDeadLetters(await this.#storage.write((tables) => bury(tables, stream, bad, met)));
      const positions = bad.map(({ entry }) => entry.position);
      await this.#places.pass(stream, positions);
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
