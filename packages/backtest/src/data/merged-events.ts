import type { EpochMs, MarketEvent } from '@alpha-engine/core';
import type { DataProvenance } from './bar-source.js';
import type { EventSource } from './event-source.js';
import { Overlaps } from './overlaps.js';
import { FaultCounter, refusalOf } from './row-faults.js';

const BATCH = 1_000;

/** A source, and what of it is next. */
interface Head {
  readonly source: EventSource;
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
  readonly #overlapping: 'take' | 'refuse' | 'skip';
  /** By file. */
  readonly #faults = new Map<string, FaultCounter>();

  readonly books: boolean;

  /**
   * `overlapping`: what is done with what a source has of a series (exchange, symbol, type) that another one has at the same time. `refuse`
   * ends with an error, `skip` leaves it out and counts it: the source that began earlier has the series until its end. Default: it is taken.
   */
  constructor(sources: readonly EventSource[], overlapping: 'take' | 'refuse' | 'skip' = 'take') {
    this.#sources = sources;
    this.#overlapping = overlapping;
    this.books = sources.some(({ books }) => books !== false);
  }

  provenance(): readonly DataProvenance[] {
    return this.#sources
      .flatMap((source) => source.provenance())
      .map((read) => {
        const faults = this.#faults.get(read.file);
        if (faults === undefined) return read;
        return { ...read, used: read.used - faults.total, faults: [...read.faults, ...faults.all()] };
      });
  }

  /** Throws what the sources throw, and `DATA_INVALID` for overlaps that are refused, after everything was looked at. */
  async *events(): AsyncGenerator<readonly MarketEvent[]> {
    const heads: Head[] = [];
    const overlaps = this.#overlapping === 'take' ? null : new Overlaps();
    try {
      for (const [rank, source] of this.#sources.entries()) {
        const knownTs = Number.NEGATIVE_INFINITY;
        const head: Head = { source, batches: iterate(source), rank, batch: [], next: 0, knownTs };
        heads.push(head);
        if (!(await turn(head))) heads.pop();
      }
      let merged: MarketEvent[] = [];
      while (heads.length > 0) {
        const head = firstOf(heads) as Head;
        // Up to the next event of any other source all of this one follow.
        const { rank, knownTs } = firstOf(heads, head) ?? NONE;
        do {
          const event = head.batch[head.next]!;
          const other = overlaps === null ? null : overlaps.of(head, event);
          if (other === null) merged.push(event);
          else this.#note(head, other as Head);
          head.next += 1;
          if (head.next === head.batch.length) break;
          head.knownTs = Math.max(head.knownTs, head.batch[head.next]!.ts);
        } while (head.knownTs < knownTs || (head.knownTs === knownTs && head.rank < rank));
        if (head.next === head.batch.length && !(await turn(head))) {
          heads.splice(heads.indexOf(head), 1);
          overlaps?.end(head);
        }
        if (merged.length < BATCH) continue;
        // What is refused in the end need not be run; it is read on to say everything at once.
        if (!this.#refuses()) yield merged;
        merged = [];
      }
      if (this.#refuses()) for (const [file, faults] of this.#faults) throw refusalOf(file, faults);
      if (merged.length > 0) yield merged;
    } finally {
      for (const { batches } of heads) await batches.return?.();
    }
  }

  #refuses(): boolean {
    return this.#overlapping === 'refuse' && this.#faults.size > 0;
  }

  #note({ batch, next, source }: Head, other: Head): void {
    const place = source.placeOf?.(batch, next) ?? { file: 'a source', line: 0 };
    const last = Math.min(other.next, other.batch.length - 1);
    const file = other.source.placeOf?.(other.batch, last)?.file ?? 'another source';
    const faults = this.#faults.get(place.file) ?? new FaultCounter();
    faults.add(`of the same time as ${file}, which has this symbol too`, place.line);
    this.#faults.set(place.file, faults);
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
