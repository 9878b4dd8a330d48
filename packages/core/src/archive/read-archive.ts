import { MARKET_STREAMS } from '../bus/streams.js';
import type { AlphaEvent } from '../events/event.js';
import type { RawEventQuery } from '../store/raw-events.js';
import type { ArchiveReader, ArchiveSegment } from './archive.js';

/**
 * The archived events in one order: always the series whose next event is oldest; equal times in the order trade, book,
 * ticker, status, then by symbol. Order within a series is never changed. Memory does not grow with the archive.
 */
export async function* readArchive(archive: ArchiveReader, query: RawEventQuery = {}): AsyncGenerator<AlphaEvent> {
  const { from = 0, to = Number.POSITIVE_INFINITY } = query;
  for (const segments of days(await archive.segments(query))) {
    for await (const event of mergeDay(archive, segments)) if (event.ts >= from && event.ts < to) yield event;
  }
}

/** Segments of the same day together, days ascending. */
function days(segments: readonly ArchiveSegment[]): readonly (readonly ArchiveSegment[])[] {
  const byDay = new Map<string, ArchiveSegment[]>();
  for (const segment of segments) byDay.set(segment.day, [...(byDay.get(segment.day) ?? []), segment]);
  return [...byDay].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => list);
}

/** A series and its next event. */
interface Head {
  readonly pages: AsyncIterator<readonly AlphaEvent[]>;
  readonly rank: number;
  page: readonly AlphaEvent[];
  next: number;
}

async function* mergeDay(archive: ArchiveReader, segments: readonly ArchiveSegment[]): AsyncGenerator<AlphaEvent> {
  const heads: Head[] = [];
  try {
    for (const [rank, parts] of seriesOf(segments).entries()) {
      const head: Head = { pages: pagesOf(archive, parts), rank, page: [], next: 0 };
      heads.push(head);
      if (!(await turnPage(head))) heads.pop();
    }
    const heap = heads.toSorted(compare);
    while (heap.length > 0) {
      const head = heap[0]!;
      yield head.page[head.next]!;
      head.next++;
      if (head.next >= head.page.length && !(await turnPage(head))) {
        const last = heap.pop()!;
        if (heap.length === 0) return;
        if (last !== head) heap[0] = last;
      }
      sink(heap);
    }
  } finally {
    for (const { pages } of heads) await pages.return?.();
  }
}

/** The parts of each series, series in the order that decides equal times. */
function seriesOf(segments: readonly ArchiveSegment[]): readonly (readonly ArchiveSegment[])[] {
  const bySeries = new Map<string, ArchiveSegment[]>();
  for (const segment of segments) {
    const stream = (MARKET_STREAMS as readonly string[]).indexOf(`md:${segment.type}`);
    const key = `${stream}\0${segment.symbol}\0${segment.exchange}`;
    bySeries.set(key, [...(bySeries.get(key) ?? []), segment]);
  }
  return [...bySeries]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, parts]) => parts.toSorted((a, b) => a.part - b.part));
}

async function* pagesOf(archive: ArchiveReader, parts: readonly ArchiveSegment[]) {
  for (const part of parts) yield* archive.read(part);
}

async function turnPage(head: Head): Promise<boolean> {
  for (;;) {
    const { done, value } = await head.pages.next();
    if (done) return false;
    if (value.length === 0) continue;
    head.page = value;
    head.next = 0;
    return true;
  }
}

function compare(a: Head, b: Head): number {
  return a.page[a.next]!.ts - b.page[b.next]!.ts || a.rank - b.rank;
}

/** Moves the first of a heap to where it belongs. */
function sink(heap: Head[]): void {
  for (let at = 0; ; ) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && compare(heap[child]!, heap[least]!) < 0) least = child;
    }
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least]!, heap[at]!];
    at = least;
  }
}
