import { closeSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import type { EventBatch } from '../event-batch.js';
import type { WriterId } from '../event-bus.js';
import type { SeriesKey } from '../streams.js';

/** First line of a segment. */
export interface SegmentHead {
  readonly v: 1;
  /** Who gave the events their numbers. */
  readonly writer: WriterId;
  /** Events in the segments before it, those removed since included. */
  readonly before: number;
  /** Last number of each series before this segment. */
  readonly last: Readonly<Record<SeriesKey, number>>;
  /** Series that another writer went on with: what earlier segments have of them is too late. */
  readonly lost?: readonly SeriesKey[];
}

const NEWLINE = 0x0a;
const HEAD_BYTES = 64 * 1024;

/** A file of lines: a head, then some events in each. Nothing is flushed to the platter: a kill loses nothing, a power cut the end. */
export class SpoolSegment {
  readonly #file: number;
  #bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a line whole, or throws what the disk said and leaves the file as it was. */
  append(text: string): void {
    const line = Buffer.from(`${text}\n`);
    let written = 0;
    try {
      while (written < line.length) {
        written += writeSync(this.#file, line, written, line.length - written, this.#bytes + written);
      }
    } catch (error) {
      // What is left of the line is overwritten by the next, or ignored by whoever reads the file.
      if (written > 0) ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += line.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Null when not even the head is whole. */
export function readHead(path: string): SegmentHead | null {
  const [line] = readLines(path, 0, statSync(path).size, HEAD_BYTES);
  return line === undefined ? null : parseHead(line.text);
}

export interface SegmentLine {
  readonly text: string;
  /** Bytes from the start of the file to the end of the line. */
  readonly end: number;
}

/** Whole lines of a file between two places, about `most` bytes of them and at least one if there is one. */
export function readLines(path: string, from: number, to: number, most: number): SegmentLine[] {
  const file = openSync(path, 'r');
  try {
    for (let size = Math.min(most, to - from); size > 0; size = Math.min(size * 2, to - from)) {
      const content = Buffer.alloc(size);
      const bytes = readSync(file, content, 0, size, from);
      const lines = linesOf(content.subarray(0, bytes), from);
      if (lines.length > 0 || size >= to - from) return lines;
    }
    return [];
  } finally {
    closeSync(file);
  }
}

function linesOf(content: Buffer, from: number): SegmentLine[] {
  const lines: SegmentLine[] = [];
  for (let at = 0; ; ) {
    const end = content.indexOf(NEWLINE, at);
    if (end === -1) return lines;
    lines.push({ text: content.toString('utf8', at, end), end: from + end + 1 });
    at = end + 1;
  }
}

export interface SpoolLine {
  /** When the events were taken, wall time. */
  readonly at: EpochMs;
  readonly events: readonly AlphaEvent[];
}

/** The text of a `SpoolLine`. */
export function lineOf(at: EpochMs, { text }: EventBatch): string {
  return `{"at":${at},"events":[${text.replaceAll('\n', ',')}]}`;
}

/** A line that is not the head; null when the disk lost it. What is in it was ours, and is not looked at again. */
export function parseLine(text: string): SpoolLine | null {
  const raw = parseJson(text) as Partial<SpoolLine> | null | undefined;
  return typeof raw?.at === 'number' && Array.isArray(raw.events) ? (raw as SpoolLine) : null;
}

function parseHead(text: string): SegmentHead | null {
  const raw = parseJson(text) as Partial<SegmentHead> | null | undefined;
  const known = raw?.v === 1 && typeof raw.writer === 'number' && typeof raw.before === 'number' && raw.last;
  return known ? (raw as SegmentHead) : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
