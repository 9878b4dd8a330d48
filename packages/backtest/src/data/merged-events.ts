import type { EpochMs, MarketEvent } from '@alpha-engine/core';
import type { DataProvenance } from './bar-source.js';
import type { EventSource } from './event-source.js';

const BATCH = 1_000;

/** A source, and what of it is next. */
interface Head {
  readonly batches: AsyncIterator<readonly MarketEvent[]>;
  /** Decides equal times. */
  readonly rank: number;
  batch: readonly MarketEvent[];
  next: number;
  /** When the next event is known: its time, or that of an earlier event that bore a later one. */
  knownTs: EpochMs;
}

/**
 * Several sources as one, in order of time; equal times in the order of the sources. Order within a source is never changed: an event that
 * bears an earlier time than the one before it follows that one at once.
 */
export class MergedEvents implements EventSource {
  readonly #sources: readonly EventSource[];

  readonly books: boolean;

  constructor(sources: readonly EventSource[]) {
    this.#sources = sources;
    this.books = sources.some(({ books }) => books !== false);
  }

  provenance(): readonly DataProvenance[] {
    return this.#sources.flatMap((source) => source.provenance());
  }

  async *events(): AsyncGenerator<readonly MarketEvent[]> {
    const heads: Head[] = [];
    try {
      for (const [rank, source] of this.#sources.entries()) {
        const head: Head = { batches: iterate(source), rank, batch: [], next: 0, knownTs: Number.NEGATIVE_INFINITY };
        heads.push(head);
        if (!(await turn(head))) heads.pop();
      }
      let merged: MarketEvent[] = [];
      while (heads.length > 0) {
        const head = firstOf(heads) as Head;
        // Up to the next event of any other source all of this one follow.
        const { rank, knownTs } = firstOf(heads, head) ?? NONE;
        do {
          merged.push(head.batch[head.next]!);
          head.next += 1;
          if (head.next === head.batch.length) break;
          head.knownTs = Math.max(head.knownTs, head.batch[head.next]!.ts);
        } while (head.knownTs < knownTs || (head.knownTs === knownTs && head.rank < rank));
        if (head.next === head.batch.length && !(await turn(head))) heads.splice(heads.indexOf(head), 1);
        if (merged.length < BATCH) continue;
        yield merged;
        merged = [];
      }
      if (merged.length > 0) yield merged;
    } finally {
      for (const { batches } of heads) await batches.return?.();
    }
  }
}

const NONE = { rank: Number.POSITIVE_INFINITY, knownTs: Number.POSITIVE_INFINITY };

async function* iterate(source: EventSource): AsyncGenerator<readonly MarketEvent[]> {
  yield* source.events();
}

/** Takes the next batch with something in it; false at the end. */
async function turn(head: Head): Promise<boolean> {
  for (;;) {
    const { done, value } = await head.batches.next();
    if (done) return false;
    if (value.length === 0) continue;
    head.batch = value;
    head.next = 0;
    head.knownTs = Math.max(head.knownTs, value[0]!.ts);
    return true;
  }
}

function firstOf(heads: readonly Head[], but?: Head): Head | null {
  let first: Head | null = null;
  for (const head of heads) {
    if (head === but) continue;
    if (first === null || head.knownTs < first.knownTs) first = head;
    else if (head.knownTs === first.knownTs && head.rank < first.rank) first = head;
  }
  return first;
}
