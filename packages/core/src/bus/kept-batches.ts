import type { EventBatch, Run } from './event-batch.js';
import type { SeriesKey } from './streams.js';

/** The last acknowledged batches, oldest first, for a bus that comes back without its last moments. Their events have numbers. */
export class KeptBatches {
  readonly #most: number;
  #batches: EventBatch[] = [];
  #events = 0;

  /** `most`: events. */
  constructor(most: number) {
    this.#most = most;
  }

  [Symbol.iterator](): Iterator<EventBatch> {
    return this.#batches.values();
  }

  add(batch: EventBatch): void {
    this.#batches.push(batch);
    this.#events += batch.length;
    while (this.#batches.length > 0 && this.#events > this.#most) this.#events -= this.#batches.shift()!.length;
  }

  has(key: SeriesKey, seq: number): boolean {
    const isIn = (run: Run) => run.key === key && run.first! <= seq && seq < run.first! + run.count;
    return this.#batches.some(({ runs }) => runs.some(isIn));
  }

  /** Takes out everything from the oldest batch that has something beyond these numbers. */
  takeBeyond(lastSeq: ReadonlyMap<SeriesKey, number>): readonly EventBatch[] {
    const from = this.#batches.findIndex((batch) => countBeyond(batch, lastSeq) > 0);
    const taken = from === -1 ? [] : this.#batches.splice(from);
    for (const { length } of taken) this.#events -= length;
    return taken;
  }
}

/** Events beyond these numbers. */
export function countBeyond({ runs }: EventBatch, lastSeq: ReadonlyMap<SeriesKey, number>): number {
  let count = 0;
  for (const run of runs) {
    const present = (lastSeq.get(run.key) ?? 0) - run.first! + 1;
    count += run.count - Math.max(0, Math.min(run.count, present));
  }
  return count;
}
