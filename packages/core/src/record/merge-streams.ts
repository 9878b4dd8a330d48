import type { Delivery } from '../bus/event-bus.js';

/** What was read of a stream, wherever: its place there is of no importance to a brain. */
export type StreamEvent = Pick<Delivery, 'stream' | 'event'>;

/**
 * Brings the streams of one batch into one order: always the stream whose next event is oldest on the exchange's clock;
 * equal times in the order the streams were given. Order within a stream is never changed, so the rule can be run again
 * over the same ranges and gives the same order: that is what makes a replay exact.
 */
export function mergeStreams<Read extends StreamEvent>(deliveries: readonly Read[]): Read[] {
  const queues = new Map<string, Read[]>();
  for (const delivery of deliveries) {
    const queue = queues.get(delivery.stream);
    if (queue) queue.push(delivery);
    else queues.set(delivery.stream, [delivery]);
  }
  if (queues.size <= 1) return [...deliveries];

  const heads = [...queues.values()].map((queue) => ({ queue, next: 0 }));
  const merged: Read[] = [];
  while (merged.length < deliveries.length) {
    let oldest: (typeof heads)[number] | undefined;
    for (const head of heads) {
      const candidate = head.queue[head.next];
      if (candidate && (!oldest || candidate.event.ts < oldest.queue[oldest.next]!.event.ts)) oldest = head;
    }
    merged.push(oldest!.queue[oldest!.next++]!);
  }
  return merged;
}
