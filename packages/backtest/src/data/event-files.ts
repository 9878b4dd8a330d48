import { AlphaError, type EpochMs, type MarketEvent } from '@alpha-engine/core';
import type { DataKind, DataProvenance } from './bar-source.js';
import type { EventRows } from './event-rows.js';
import type { EventPlace, EventSource } from './event-source.js';
import { LastMoment } from './last-moment.js';
import { linesOf } from './lines-of.js';
import { openRows } from './open-rows.js';
import { FaultCounter, refusalOf } from './row-faults.js';

export interface EventFilesOptions {
  /** Read one after the other: the later file begins after the earlier one ended. `.gz` is unpacked. */
  readonly files: readonly string[];
  readonly exchange: string;
  /** What rows without a symbol are of. */
  readonly symbol: string;
  /** Rows of other symbols are left out. Default: all are taken. */
  readonly symbols?: readonly string[];
  /** What the files hold; by default they are recognised by their first line. */
  readonly kind?: Exclude<DataKind, 'bars'> | 'auto';
  /** Columns whose names are not common ones, by field: a name, or a number from 1. */
  readonly columns?: Readonly<Partial<Record<string, string>>>;
  /** How far times without a time zone are ahead of UTC. Default 0. */
  readonly offsetMs?: number;
  /** What is done about bad rows: `refuse` (default) ends with an error that lists them, `skip` leaves them out and counts them. */
  readonly badRows?: 'refuse' | 'skip';
}

/** The last of a series (exchange, symbol, type) that was read. */
interface Series extends Pick<MarketEvent, 'type' | 'symbol' | 'exchange'> {
  ts: EpochMs;
  seq: number;
  file: string;
  readonly last: LastMoment;
}

/** Trades, books and tickers from CSV and JSON-lines files, as a stream. Every row is checked; what is wrong is counted by kind, with file and line. */
export class EventFiles implements EventSource {
  readonly #options: EventFilesOptions;
  readonly #read: DataProvenance[] = [];
  readonly #series = new Map<string, Series>();
  /** Most events are of the series of the event before. */
  #last: Series | undefined;
  /** Of the batches that somebody still has. */
  readonly #places = new WeakMap<readonly MarketEvent[], { readonly file: string; readonly lines: number[] }>();

  readonly books: boolean;

  constructor(options: EventFilesOptions) {
    this.#options = options;
    this.books = options.kind !== 'trades';
  }

  provenance(): readonly DataProvenance[] {
    return this.#read;
  }

  placeOf(batch: readonly MarketEvent[], index: number): EventPlace | null {
    const places = this.#places.get(batch);
    return places === undefined ? null : { file: places.file, line: places.lines[index] ?? 0 };
  }

  /** Throws `DATA_UNREADABLE`, and `DATA_INVALID` after the whole file was looked at. */
  async *events(): AsyncGenerator<readonly MarketEvent[]> {
    for (const file of this.#options.files) yield* this.#file(file);
  }

  async *#file(file: string): AsyncGenerator<readonly MarketEvent[]> {
    const { badRows = 'refuse', columns = {}, exchange, kind = 'auto', offsetMs = 0, symbol } = this.#options;
    const reader = linesOf(file);
    const faults = new FaultCounter();
    const others = new Set<string>();
    let rows: EventRows | null = null;
    let [line, count, used] = [0, 0, 0];
    let understood = false;
    let firstTs: EpochMs | null = null;
    let lastTs: EpochMs | null = null;
    const take = (event: MarketEvent | string | null, batch: MarketEvent[], at: number[]) => {
      if (event === null) return;
      if (typeof event === 'string') return faults.add(event, line);
      if (!this.#wanted(event)) return void others.add(`${event.symbol} of ${event.exchange}`);
      const problem = this.#misplaced(event, file);
      if (problem !== null) {
        understood = true;
        return faults.add(problem, line);
      }
      firstTs ??= event.ts;
      lastTs = event.ts;
      used += 1;
      batch.push(event);
      at.push(line);
    };
    for await (const lines of reader.batches()) {
      const batch: MarketEvent[] = [];
      const at: number[] = [];
      this.#places.set(batch, { file, lines: at });
      for (const text of lines) {
        line += 1;
        if (text === '' || text === '\r') continue;
        if (rows === null) {
          rows = openRows(file, text, kind, { exchange, symbol, offsetMs, columns });
          if (rows.header) continue;
        }
        count += 1;
        take(rows.read(text), batch, at);
      }
      // What is refused in the end need not be run; it is read on to say everything at once.
      if (batch.length > 0 && (faults.total === 0 || badRows === 'skip')) yield batch;
    }
    const last: MarketEvent[] = [];
    take(rows?.end?.() ?? null, last, []);
    if (last.length > 0) yield last;
    const notes = reader.notes();
    this.#read.push({
      file,
      kind: rows?.kind ?? 'events',
      sha256: reader.sha256(),
      rows: count,
      used,
      firstTs,
      lastTs,
      columns: rows?.columns ?? [],
      faults: faults.all(),
      gaps: { count: 0, longestMs: 0 },
      notes,
    });
    if (faults.total > 0 && badRows !== 'skip') throw refusalOf(file, faults, notes);
    if (used === 0 && !understood) throw empty(file, others);
  }

  #wanted({ exchange, symbol }: MarketEvent): boolean {
    const { exchange: wanted, symbols } = this.#options;
    return exchange === wanted && (symbols === undefined || symbols.includes(symbol));
  }

  /** What is wrong with the place of an event in its series. A number says the order; what bears none is in order of time. */
  #misplaced(event: MarketEvent, file: string): string | null {
    const { exchange, seq = 0, symbol, ts, type } = event;
    const last = this.#last;
    let series: Series | undefined = last;
    if (last?.type !== type || last.symbol !== symbol || last.exchange !== exchange) {
      const key = `${type} ${symbol} ${exchange}`;
      series = this.#series.get(key);
      if (series === undefined) {
        this.#last = { type, symbol, exchange, ts, seq, file, last: new LastMoment() };
        this.#last.last.add(event);
        this.#series.set(key, this.#last);
        return null;
      }
      this.#last = series;
    }
    series = series as Series;
    if (seq > 0 && seq <= series.seq) return seq === series.seq ? 'same number as before' : 'lower number than before';
    if (seq === 0 && ts < series.ts) {
      return series.file === file ? 'earlier than before' : `before the end of ${series.file}`;
    }
    if (series.file !== file) {
      if (series.last.has(event)) return `a last row of ${series.file} once more`;
      series.file = file;
    }
    series.ts = ts;
    series.last.add(event);
    if (seq > 0) series.seq = seq;
    return null;
  }
}

function empty(file: string, others: ReadonlySet<string>): AlphaError {
  const there = others.size === 0 ? '' : `; there is ${[...others].slice(0, 10).join(', ')}`;
  return new AlphaError('DATA_INVALID', `${file} holds nothing that was asked for${there}.`, { context: { file } });
}
