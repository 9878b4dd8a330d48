import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import { batchOf, type EventBatch, eventsOf } from '../event-batch.js';
import type { WriterId } from '../event-bus.js';
import { type SeriesKey, seriesKey, seriesOf } from '../streams.js';
import { droppedRange } from './dropped-ranges.js';
import {
  lineOf,
  parseLine,
  readHead,
  readLines,
  type SegmentHead,
  type SpoolLine,
  SpoolSegment,
} from './spool-segment.js';

/** A line's end in the spool. */
export interface SpoolPlace {
  readonly segment: number;
  readonly offset: number;
}

export interface SpooledBatch {
  /** When the events were taken, wall time. */
  readonly at: EpochMs;
  readonly events: readonly AlphaEvent[];
  /** Events of series that another writer went on with: their numbers are taken. */
  readonly lost: readonly AlphaEvent[];
  readonly end: SpoolPlace;
}

/** What a spool holds that an earlier process left behind. */
export interface Leftover {
  readonly writer: WriterId;
  readonly events: number;
  /** Last number of each series. */
  readonly lastSeq: ReadonlyMap<SeriesKey, number>;
  readonly end: SpoolPlace;
}

interface Segment {
  readonly number: number;
  readonly head: SegmentHead;
  bytes: number;
  events: number;
  lost: ReadonlySet<SeriesKey>;
}

const MAX_SEGMENT_BYTES = 16 * 1024 ** 2;
const LEAST_SEGMENTS = 8;
const NAME = /^\d{12}\.jsonl$/;
const READ_BYTES = 256 * 1024;

/**
 * Numbered events on disk, first in, first out, in one folder: lines of JSON in segment files, removed when the bus has
 * all of one. One process uses it at a time. Calls are synchronous: what `append` took is with the operating system and
 * survives the end of the process.
 */
export class Spool {
  readonly leftover: Leftover | null;
  readonly maxBytes: number;
  readonly #folder: string;
  #segments: Segment[];
  #writing: SpoolSegment | null = null;
  #writer: WriterId = 0;
  readonly #last: Map<SeriesKey, number>;
  #nextNumber: number;
  #events: number;
  /** Read and, from `readAt` on, not given yet; they end at `taken`. */
  #ready: SpooledBatch[] = [];
  #readAt = 0;
  #taken: SpoolPlace = { segment: 0, offset: 0 };

  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.maxBytes = maxBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { segments, last } = recover(folder);
    this.#segments = segments;
    this.#last = last;
    this.#nextNumber = (segments.at(-1)?.number ?? 0) + 1;
    this.#events = segments.reduce((sum, { events }) => sum + events, 0);
    const newest = segments.at(-1);
    this.leftover =
      newest === undefined || this.#events === 0
        ? null
        : { writer: newest.head.writer, events: this.#events, lastSeq: new Map(last), end: this.end };
    if (this.leftover === null) this.clear();
  }

  /** On disk, events that are on their way included. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Not known to be on the bus; counted by line and by segment. */
  get events(): number {
    return this.#events;
  }

  /**
   * Names the writer of what is appended from now on; what is there already counts as that writer's too, but for series that
   * another went on with in the meantime. Throws what the disk says.
   */
  begin(writer: WriterId, lost: readonly SeriesKey[] = []): void {
    this.#writer = writer;
    if (this.leftover === null || this.leftover.writer === writer) return;
    for (const key of lost) this.#last.delete(key);
    this.#startSegment(lost);
    for (const segment of this.#segments.slice(0, -1)) segment.lost = new Set([...segment.lost, ...lost]);
  }

  /** Whether `bytes` more stay below the bound. */
  fits(bytes: number): boolean {
    return this.bytes + bytes <= this.maxBytes;
  }

  /** Adds a line; null when it would pass the bound by more than `beyond` bytes. Throws what the disk said, with nothing added. */
  append(at: EpochMs, batch: EventBatch, beyond = 0): SpoolPlace | null {
    const text = lineOf(at, batch);
    if (this.bytes + Buffer.byteLength(text) > this.maxBytes + beyond) return null;
    const limit = Math.min(MAX_SEGMENT_BYTES, this.maxBytes / LEAST_SEGMENTS);
    if (this.#writing === null || this.#writing.bytes >= limit) this.#startSegment();
    const segment = this.#segments.at(-1)!;
    this.#writing!.append(text);
    segment.bytes = this.#writing!.bytes;
    segment.events += batch.length;
    this.#events += batch.length;
    countIn(this.#last, batch);
    return this.end;
  }

  /** The oldest line not given yet, or null. */
  next(): SpooledBatch | null {
    while (this.#readAt === this.#ready.length) {
      this.#ready = [];
      this.#readAt = 0;
      const end = this.end;
      if (this.#taken.segment === end.segment && this.#taken.offset >= end.offset) return null;
      this.#fill();
    }
    return this.#ready[this.#readAt++]!;
  }

  /** Everything there is now was not read from here but is in memory anyway. */
  markRead(): void {
    this.#taken = this.end;
    this.#ready = [];
    this.#readAt = 0;
  }

  /** Everything up to `place` is on the bus. */
  release(place: SpoolPlace): void {
    // A segment that was begun and got no events is no reason to keep the others.
    const last = this.#segments.findLast(({ events }) => events > 0);
    const end = last === undefined ? this.end : { segment: last.number, offset: last.bytes };
    if (place.segment === end.segment && place.offset >= end.offset) {
      this.clear();
      return;
    }
    while (this.#segments.length > 1 && this.#segments[0]!.number < place.segment) {
      const [segment] = this.#segments.splice(0, 1);
      this.#events -= segment!.events;
      rmSync(this.#path(segment!.number), { force: true });
    }
  }

  /** Removes everything. */
  clear(): void {
    this.#writing?.close();
    this.#writing = null;
    // Oldest first: what a kill leaves in between still ends with the newest numbers.
    for (const { number } of this.#segments) rmSync(this.#path(number), { force: true });
    this.#segments = [];
    this.#events = 0;
    this.markRead();
  }

  close(): void {
    this.#writing?.close();
    this.#writing = null;
  }

  /** Reads ahead a little. */
  #fill(): void {
    const { segment: number, offset } = this.#taken;
    const segment = this.#segments.find((one) => one.number > number || (one.number === number && one.bytes > offset))!;
    const from = segment.number === number ? offset : 0;
    const path = this.#path(segment.number);
    const lines = readLines(path, from, segment.bytes, READ_BYTES);
    for (const { text, end } of from === 0 ? lines.slice(1) : lines) {
      const line = parseLine(text);
      if (line === null) continue;
      this.#ready.push({ ...apart(line, segment.lost), end: { segment: segment.number, offset: end } });
    }
    this.#taken = { segment: segment.number, offset: lines.at(-1)?.end ?? segment.bytes };
  }

  /** Where the next line begins. */
  get end(): SpoolPlace {
    const segment = this.#segments.at(-1);
    return segment === undefined
      ? { segment: this.#nextNumber - 1, offset: 0 }
      : { segment: segment.number, offset: segment.bytes };
  }

  #startSegment(lost: readonly SeriesKey[] = []): void {
    const number = this.#nextNumber;
    const before = this.#segments.at(-1);
    const head: SegmentHead = {
      v: 1,
      writer: this.#writer,
      before: before === undefined ? 0 : before.head.before + before.events,
      last: Object.fromEntries(this.#last),
      ...(lost.length > 0 && { lost }),
    };
    const file = new SpoolSegment(this.#path(number));
    try {
      file.append(JSON.stringify(head));
    } catch (error) {
      file.close();
      rmSync(this.#path(number), { force: true });
      throw error;
    }
    this.#writing?.close();
    this.#writing = file;
    this.#nextNumber = number + 1;
    this.#segments.push({ number, head, bytes: file.bytes, events: 0, lost: new Set() });
  }

  #path(number: number): string {
    return segmentPath(this.#folder, number);
  }
}

/** What an earlier process left. A segment without a head was begun and nothing more; of a line cut off nothing is left. */
function recover(folder: string): { segments: Segment[]; last: Map<SeriesKey, number> } {
  const numbers = readdirSync(folder).flatMap((name) => (NAME.test(name) ? [Number(name.slice(0, 12))] : []));
  const found: Segment[] = [];
  for (const number of numbers.sort((a, b) => a - b)) {
    const path = segmentPath(folder, number);
    const head = readHead(path);
    if (head === null) rmSync(path);
    else found.push({ number, head, bytes: statSync(path).size, events: 0, lost: new Set() });
  }
  for (const [index, segment] of found.entries()) {
    const after = found[index + 1];
    if (after !== undefined) segment.events = after.head.before - segment.head.before;
  }
  for (let index = found.length - 2; index >= 0; index--) {
    const after = found[index + 1]!;
    found[index]!.lost = new Set([...after.lost, ...(after.head.lost ?? [])]);
  }
  const newest = found.at(-1);
  const last = new Map(Object.entries(newest?.head.last ?? {}));
  if (newest !== undefined) countNewest(segmentPath(folder, newest.number), newest, last);
  return { segments: found, last };
}

function countNewest(path: string, segment: Segment, last: Map<SeriesKey, number>): void {
  const lines = readLines(path, 0, segment.bytes, segment.bytes);
  segment.bytes = lines.at(-1)?.end ?? segment.bytes;
  for (const { text } of lines.slice(1)) {
    const batch = batchOf(parseLine(text)?.events ?? []);
    segment.events += batch.length;
    countIn(last, batch);
  }
}

function countIn(last: Map<SeriesKey, number>, batch: EventBatch): void {
  for (const { key, first, count } of batch.runs) if (first !== undefined) last.set(key, first + count - 1);
  if (!batch.runs.some(({ series }) => series.type === 'status')) return;
  for (const event of eventsOf(batch)) {
    const range = droppedRange(event);
    if (range === null) continue;
    const key = seriesKey(range.series);
    last.set(key, Math.max(last.get(key) ?? 0, range.to));
  }
}

function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(12, '0')}.jsonl`);
}

function apart({ at, events }: SpoolLine, lost: ReadonlySet<SeriesKey>): Omit<SpooledBatch, 'end'> {
  if (lost.size === 0) return { at, events, lost: [] };
  const isLost = (event: AlphaEvent) => lost.has(seriesKey(seriesOf(event)));
  return { at, events: events.filter((event) => !isLost(event)), lost: events.filter(isLost) };
}
