import type { AlphaEvent, EpochMs, RawEventQuery, RawSegment } from '@alpha-engine/core';

/** What is kept of one series on one day; more than one part where the count began again. */
export interface KeptSegment extends RawSegment {
  readonly part: number;
}

/** What a replay needs of an archive: an `ArchiveReader` of `core/archive` is one. */
export interface KeptSegments {
  segments(query: RawEventQuery): Promise<readonly KeptSegment[]>;
  /** In the order of their numbers. */
  read(segment: KeptSegment): AsyncIterable<readonly AlphaEvent[]>;
}

/** How far the market clock may have been behind the events that it stamped. */
const CLOCK_SLACK_MS = 60_000;
/** Around midnight two days are read by turns. */
const MOST_OPEN = 2;

/** One series of an archive, by its numbers; quick as long as they are asked for in their order. */
export class ArchivedSeries {
  readonly #archive: KeptSegments;
  /** By day and part. */
  readonly #segments: readonly KeptSegment[];
  readonly #open = new Map<KeptSegment, Cursor>();

  constructor(archive: KeptSegments, segments: readonly KeptSegment[]) {
    this.#archive = archive;
    this.#segments = segments.toSorted((a, b) => (a.day === b.day ? a.part - b.part : a.day < b.day ? -1 : 1));
  }

  /** What there is from one number to another, both included, as it was known at a time. */
  async take(first: number, last: number, ts: EpochMs): Promise<readonly AlphaEvent[]> {
    const events: AlphaEvent[] = [];
    for (let seq = first; seq <= last; ) {
      const found = this.#holding(seq, ts);
      if (found === null) {
        seq += 1;
        continue;
      }
      const to = Math.min(last, found.to);
      await (await this.#cursor(found.segment, seq)).take(seq, to, events);
      seq = to + 1;
    }
    return events;
  }

  async close(): Promise<void> {
    for (const cursor of this.#open.values()) await cursor.close();
    this.#open.clear();
  }

  /** The count of a series may have begun again: the latest there was at that time. */
  #holding(seq: number, ts: EpochMs): { readonly segment: KeptSegment; readonly to: number } | null {
    for (let index = this.#segments.length - 1; index >= 0; index--) {
      const segment = this.#segments[index]!;
      if (segment.firstTs > ts + CLOCK_SLACK_MS) continue;
      const range = segment.seqs.find(({ from, to }) => seq >= from && seq <= to);
      if (range !== undefined) return { segment, to: range.to };
    }
    return null;
  }

  async #cursor(segment: KeptSegment, seq: number): Promise<Cursor> {
    const known = this.#open.get(segment);
    if (known !== undefined && known.seq < seq) return known;
    for (const [one, cursor] of this.#open) {
      if (one !== segment && this.#open.size < MOST_OPEN) continue;
      await cursor.close();
      this.#open.delete(one);
    }
    const cursor = new Cursor(this.#archive.read(segment));
    this.#open.set(segment, cursor);
    return cursor;
  }
}

/** A segment that is read forwards. */
class Cursor {
  readonly #pages: AsyncIterator<readonly AlphaEvent[]>;
  #page: readonly AlphaEvent[] = [];
  #next = 0;
  /** Everything up to this number was passed. */
  seq = 0;

  constructor(pages: AsyncIterable<readonly AlphaEvent[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  async take(from: number, to: number, into: AlphaEvent[]): Promise<void> {
    for (;;) {
      while (this.#next < this.#page.length) {
        const event = this.#page[this.#next]!;
        const { seq = 0 } = event;
        if (seq > to) return;
        this.#next += 1;
        this.seq = Math.max(this.seq, seq);
        if (seq >= from) into.push(event);
        if (seq === to) return;
      }
      const { done, value } = await this.#pages.next();
      if (done) return;
      this.#page = value;
      this.#next = 0;
    }
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
