import type { EpochMs } from '../events/common.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { DeadLetter } from './dead-letter.js';
import type { EntryId, EventBus, GroupLag, ReadOptions, SubscribeOptions, Subscription } from './event-bus.js';
import type { StreamName } from './streams.js';

/**
 * The same bus, measured: what is published, read, acknowledged and trimmed, and how long each takes. One measurement a
 * call, whatever the size of the batch.
 */
export function meterBus(bus: EventBus, metrics: Metrics): EventBus {
  return {
    partition: bus.partition,
    claim: (series, as, atLeast) => bus.claim(series, as, atLeast),
    async publish(writer, events) {
      const begun = performance.now();
      const result = await bus.publish(writer, events);
      metrics.observe('alpha_bus_publish_seconds', secondsSince(begun));
      metrics.count('alpha_bus_published_events_total', result.appended);
      if (result.skipped > 0) metrics.count('alpha_bus_skipped_events_total', result.skipped);
      return result;
    },
    async subscribe(options) {
      const onDeadLetters = (letters: readonly DeadLetter[]) => {
        metrics.count('alpha_bus_dead_letters_total', letters.length, { stream: letters[0]!.stream });
        options.onDeadLetters?.(letters);
      };
      return new MeteredSubscription(await bus.subscribe({ ...options, onDeadLetters }), options, metrics);
    },
    range: (stream, after, limit) => bus.range(stream, after, limit),
    latest: (stream, before, limit) => bus.latest(stream, before, limit),
    deadLetters: (stream, after, limit) => bus.deadLetters(stream, after, limit),
    putBack: (stream, entryIds) => bus.putBack(stream, entryIds),
    streams: () => bus.streams(),
    lag: (group) => bus.lag(group),
    dropGroup: (group) => bus.dropGroup(group),
    async trim(stream, keep) {
      const removed = await bus.trim(stream, keep);
      if (removed > 0) metrics.count('alpha_bus_trimmed_entries_total', removed, { stream });
      return removed;
    },
    close: () => bus.close(),
  };
}

class MeteredSubscription implements Subscription {
  readonly #inner: Subscription;
  readonly #group: string;
  readonly #isShared: boolean;
  readonly #metrics: Metrics;
  /** Delivered here and not acknowledged here: what comes a second time was delivered again. */
  readonly #inHand = new Map<StreamName, Set<EntryId>>();

  constructor(inner: Subscription, options: SubscribeOptions, metrics: Metrics) {
    this.#inner = inner;
    this.#group = options.group;
    this.#isShared = options.mode === 'shared';
    this.#metrics = metrics;
  }

  async read(options?: ReadOptions) {
    const begun = performance.now();
    const batch = await this.#inner.read(options);
    if (batch.deliveries.length === 0) return batch;
    const group = this.#group;
    this.#metrics.observe('alpha_bus_read_seconds', secondsSince(begun), { group });
    const counts = new Map<StreamName, { fresh: number; again: number }>();
    for (const { stream, id } of batch.deliveries) {
      const inHand = this.#inHand.get(stream) ?? new Set();
      this.#inHand.set(stream, inHand);
      const count = counts.get(stream) ?? { fresh: 0, again: 0 };
      counts.set(stream, count);
      if (inHand.has(id)) count.again++;
      else count.fresh++;
      inHand.add(id);
    }
    for (const [stream, { fresh, again }] of counts) {
      this.#metrics.count('alpha_bus_consumed_events_total', fresh, { group, stream });
      if (again > 0) this.#metrics.count('alpha_bus_redelivered_events_total', again, { group, stream });
    }
    return batch;
  }

  async ack(stream: StreamName, ids: readonly EntryId[]) {
    const begun = performance.now();
    await this.#inner.ack(stream, ids);
    this.#metrics.observe('alpha_bus_ack_seconds', secondsSince(begun), { group: this.#group });
    this.#forget(stream, ids);
  }

  async seek(stream: StreamName, id: EntryId | null) {
    await this.#inner.seek(stream, id);
    this.#inHand.delete(stream);
  }

  close() {
    return this.#inner.close();
  }

  #forget(stream: StreamName, ids: readonly EntryId[]): void {
    const inHand = this.#inHand.get(stream);
    const last = ids.at(-1);
    if (inHand === undefined || last === undefined) return;
    if (this.#isShared) {
      for (const id of ids) inHand.delete(id);
      return;
    }
    // An owned group acknowledges everything up to an id, and the set is in the order of delivery.
    if (!inHand.has(last)) return;
    for (const id of inHand) {
      inHand.delete(id);
      if (id === last) return;
    }
  }
}

function secondsSince(beginMs: number): number {
  return (performance.now() - beginMs) / 1000;
}

/** Sets the gauges of what stands on the bus: lengths, and how far each group is behind. `now` is wall time. */
export async function gaugeBus(bus: EventBus, metrics: Metrics, now: EpochMs): Promise<void> {
  for (const { stream, length } of await bus.streams()) metrics.set('alpha_bus_stream_length', length, { stream });
  for (const place of await bus.lag()) {
    const { group, stream, lag, pending } = place;
    metrics.set('alpha_bus_group_lag', lag, { group, stream });
    metrics.set('alpha_bus_group_pending', pending, { group, stream });
    metrics.set('alpha_bus_group_oldest_seconds', (await oldestSeconds(bus, place, now)) ?? 0, { group, stream });
  }
}

/** Age of the oldest entry a group has not acknowledged; null when there is none, or when it cannot be decoded. */
export async function oldestSeconds(bus: EventBus, place: GroupLag, now: EpochMs): Promise<number | null> {
  if (place.lag === 0) return null;
  const [oldest] = await bus.range(place.stream, place.position, 1);
  if (oldest === undefined) return null;
  return Math.max(0, Math.round((now - (oldest.event.recv_ts ?? oldest.event.ts)) / 100) / 10);
}
