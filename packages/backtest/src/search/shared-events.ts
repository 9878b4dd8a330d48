import { createHash } from 'node:crypto';
import { totalmem } from 'node:os';
import { AlphaError, type EpochMs, type MarketEvent } from '@alpha-engine/core';
import type { DataProvenance } from '../data/bar-source.js';
import type { EventSource } from '../data/event-source.js';
import { EventReader, EventWriter, type Series } from './event-words.js';

/** Numbers of one piece of memory; an event lies in one piece. */
const PIECE_WORDS = 2 ** 20;
/** Events made at a time: few enough that they are gone before the collector of garbage has to copy them. */
const BATCH = 1_024;
const MB = 2 ** 20;

/** Neighbouring events, which are read together. */
interface Batch {
  readonly piece: number;
  readonly at: number;
  readonly count: number;
  /** Earliest time in it. */
  readonly ts: EpochMs;
}

/** What may be sent to another thread; the memory is shared, not copied. */
export interface SharedEventsMessage {
  readonly pieces: readonly SharedArrayBuffer[];
  readonly batches: readonly Batch[];
  readonly length: number;
  readonly series: readonly Series[];
  readonly books: boolean;
  readonly period: { readonly from: EpochMs; readonly to: EpochMs } | null;
  readonly provenance: readonly DataProvenance[];
}

/**
 * All trades, books and tickers of a source as numbers in memory that every thread sees: 32 to 48 bytes a trade, 16 a level of a book, once,
 * however many threads there are. Events are made as they are read and not kept. What only says how an event was carried (`v`, the
 * checksum of a book) is left out.
 */
export class SharedEvents implements EventSource {
  readonly message: SharedEventsMessage;
  readonly books: boolean;

  constructor(message: SharedEventsMessage) {
    this.message = message;
    this.books = message.books;
  }

  /**
   * Reads a source to its end, without what happens at `to` or later. Throws what the source throws, and `DATA_INVALID` when it needs more
   * memory than `mostMb`; default: half of the machine's or the container's.
   */
  static async read(
    source: EventSource,
    {
      to = Number.POSITIVE_INFINITY,
      mostMb = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / 2 / MB,
    }: { readonly to?: EpochMs; readonly mostMb?: number } = {},
  ): Promise<SharedEvents> {
    const pieces: SharedArrayBuffer[] = [];
    const batches: Batch[] = [];
    const writer = new EventWriter();
    let words: Float64Array = new Float64Array();
    let [at, begin, count, length] = [0, 0, 0, 0];
    let earliest = Number.POSITIVE_INFINITY;
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const end = () => {
      if (count > 0) batches.push({ piece: pieces.length - 1, at: begin, count, ts: earliest });
      begin = at;
      count = 0;
      earliest = Number.POSITIVE_INFINITY;
    };
    for await (const events of source.events()) {
      for (const event of events) {
        if (event.ts >= to) continue;
        const size = writer.sizeOf(event);
        if (at + size > words.length) {
          end();
          const piece = new SharedArrayBuffer(Math.max(size, PIECE_WORDS) * 8);
          if (((pieces.length + 1) * PIECE_WORDS * 8) / MB > mostMb) throw tooMuch(length, mostMb);
          pieces.push(piece);
          words = new Float64Array(piece);
          [at, begin] = [0, 0];
        }
        writer.write(event, words, at);
        at += size;
        count += 1;
        length += 1;
        earliest = Math.min(earliest, event.ts);
        first = Math.min(first, event.ts);
        last = Math.max(last, event.ts);
        if (count === BATCH) end();
      }
    }
    end();
    return new SharedEvents({
      ...{ pieces, batches, length, series: writer.series, books: source.books !== false },
      period: length === 0 ? null : { from: first, to: last + 1 },
      provenance: source.provenance(),
    });
  }

  get length(): number {
    return this.message.length;
  }

  /** Of everything that is kept: the same events have the same, whatever file they came from. */
  sha256(): string {
    const hash = createHash('sha256').update(JSON.stringify(this.message.series));
    for (const piece of this.message.pieces) hash.update(new Uint8Array(piece));
    return hash.digest('hex');
  }

  provenance(): readonly DataProvenance[] {
    return this.message.provenance;
  }

  /** When the first event happened, and a moment after the last; null without events. */
  period(): { readonly from: EpochMs; readonly to: EpochMs } | null {
    return this.message.period;
  }

  /** All of them; those at `to` or later are in it where an earlier one lies near. */
  *events(to: EpochMs = Number.POSITIVE_INFINITY): Generator<readonly MarketEvent[]> {
    const { batches, pieces, series } = this.message;
    for (const { at, count, piece, ts } of batches) {
      if (ts >= to) continue;
      const reader = new EventReader(new Float64Array(pieces[piece] as SharedArrayBuffer), at, series);
      yield Array.from({ length: count }, () => reader.next());
    }
  }
}

function tooMuch(length: number, mostMb: number): AlphaError {
  return new AlphaError(
    'DATA_INVALID',
    `The first ${length} events fill the ${Math.floor(mostMb)} MB that a search may keep them in, and there are more: take fewer with --to or --symbol, or bars.`,
  );
}
