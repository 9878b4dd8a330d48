import { AlphaError, type Bar, type EpochMs, type Timeframe, timeframeMs } from '@alpha-engine/core';
import { type BarColumns, type BarField, barColumns } from './bar-columns.js';
import type { BarSource, DataProvenance } from './bar-source.js';
import { linesOf } from './lines-of.js';
import { FaultCounter, refusalOf, SHOWN_LINES } from './row-faults.js';
import { bare, numberOf } from './table.js';
import { TimeReader } from './time-reader.js';

export interface CsvBarsOptions {
  /** Read one after the other: the later file begins after the earlier one ended. `.gz` is unpacked. */
  readonly files: readonly string[];
  readonly exchange: string;
  /** Rows that say another symbol are left out. */
  readonly symbol: string;
  /** Length of the bars in the files. */
  readonly timeframe: Timeframe;
  /** Columns whose names are not common ones, by field: a name, or a number from 1. */
  readonly columns?: Readonly<Partial<Record<BarField, string>>>;
  /** How far dates without a time zone are ahead of UTC. Default 0. */
  readonly offsetMs?: number;
  /** Whether the time of a row is the bar's beginning (default) or its end. */
  readonly timeIs?: 'open' | 'close';
  /** What is done about bad rows: `refuse` (default) ends with an error that lists them, `skip` leaves them out and counts them. */
  readonly badRows?: 'refuse' | 'skip';
}

interface Row {
  readonly ts: EpochMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number;
}

/** Bars from CSV files, as a stream. Every row is checked; what is wrong is counted by kind, with file and line. */
export class CsvBars implements BarSource {
  readonly #options: CsvBarsOptions;
  readonly #length: number;
  readonly #read: DataProvenance[] = [];
  /** End of the last good bar, over all files, and the file it is in. */
  #endTs = Number.NEGATIVE_INFINITY;
  #endFile = '';

  constructor(options: CsvBarsOptions) {
    this.#options = options;
    this.#length = timeframeMs(options.timeframe);
  }

  provenance(): readonly DataProvenance[] {
    return this.#read;
  }

  /** Throws `DATA_UNREADABLE`, and `DATA_INVALID` after the whole file was looked at. */
  async *bars(): AsyncGenerator<readonly Bar[]> {
    for (const file of this.#options.files) yield* this.#file(file);
  }

  async *#file(file: string): AsyncGenerator<readonly Bar[]> {
    const reader = linesOf(file);
    const faults = new FaultCounter();
    const gaps = { count: 0, longestMs: 0, lines: [] as number[] };
    const times = new TimeReader(this.#options.offsetMs ?? 0);
    const others = new Set<string>();
    let columns: BarColumns | null = null;
    let [line, rows, used] = [0, 0, 0];
    let firstTs: EpochMs | null = null;
    let lastTs: EpochMs | null = null;
    for await (const lines of reader.batches()) {
      const batch: Bar[] = [];
      for (const text of lines) {
        line += 1;
        if (text.trim() === '') continue;
        if (columns === null) {
          columns = barColumns(file, text, this.#options.columns ?? {});
          if (columns.header) continue;
        }
        rows += 1;
        const cells = columns.cells(text);
        if (cells === null) {
          faults.add(columns.misfit, line);
          continue;
        }
        const of = columns.at.symbol < 0 ? '' : bare(cells[columns.at.symbol] ?? '');
        if (of !== '' && of !== this.#options.symbol) {
          others.add(of);
          continue;
        }
        const bar = this.#bar(file, cells, columns, times.read(cells[columns.at.time] ?? ''));
        if (typeof bar === 'string') {
          faults.add(bar, line);
          continue;
        }
        const gap = bar.openTs - this.#endTs;
        if (gap > 0 && gap !== Number.POSITIVE_INFINITY) {
          gaps.count += 1;
          gaps.longestMs = Math.max(gaps.longestMs, gap);
          if (gaps.lines.length < SHOWN_LINES) gaps.lines.push(line);
        }
        this.#endTs = bar.closeTs;
        this.#endFile = file;
        firstTs ??= bar.openTs;
        lastTs = bar.openTs;
        used += 1;
        batch.push(bar);
      }
      // What is refused in the end need not be run; it is read on to say everything at once.
      if (batch.length > 0 && (faults.total === 0 || this.#options.badRows === 'skip')) yield batch;
    }
    const understood = columns?.understood ?? [];
    const found = { rows, used, firstTs, lastTs, columns: understood, faults: faults.all(), gaps };
    const notes = [...reader.notes(), ...this.#hints(faults)];
    this.#read.push({ file, kind: 'bars', sha256: reader.sha256(), ...found, notes });
    if (faults.total > 0 && this.#options.badRows !== 'skip') throw refusalOf(file, faults, notes);
    if (used === 0) {
      throw new AlphaError('DATA_INVALID', `${file} holds no bar${this.#insteadOf(others)}.`, { context: { file } });
    }
  }

  /** The bar of a row, or what is wrong with it. */
  #bar(file: string, cells: readonly string[], columns: BarColumns, ts: EpochMs | string): Bar | string {
    if (typeof ts === 'string') return ts;
    const row = rowOf(cells, columns, ts);
    const problem = problemOf(row);
    if (problem !== null) return problem;
    const openTs = this.#options.timeIs === 'close' ? row.ts - this.#length : row.ts;
    if (openTs < this.#endTs) {
      if (this.#endFile !== file) return `before the end of ${this.#endFile}`;
      if (openTs + this.#length === this.#endTs) return 'same time as the row before';
      if (openTs + this.#length > this.#endTs) return `less than ${this.#options.timeframe} after the row before`;
      return 'earlier than the row before';
    }
    const { exchange, symbol, timeframe } = this.#options;
    const { open, high, low, close, volume, trades } = row;
    return {
      exchange,
      symbol,
      timeframe,
      openTs,
      closeTs: openTs + this.#length,
      open,
      high,
      low,
      close,
      volume,
      trades,
    };
  }

  #insteadOf(others: ReadonlySet<string>): string {
    if (others.size === 0) return '';
    return ` of ${this.#options.symbol}; there is ${[...others].slice(0, 10).join(', ')}`;
  }

  /** What the distances between rows tell of a length that was said wrongly. */
  #hints(faults: FaultCounter): readonly string[] {
    if (!faults.all().some(({ problem }) => problem.startsWith('less than'))) return [];
    return [`its bars seem shorter than ${this.#options.timeframe}: say how long they are with --data-timeframe`];
  }
}

function rowOf(cells: readonly string[], { at }: BarColumns, ts: EpochMs): Row {
  const number = (field: BarField) => numberOf(cells[at[field]]);
  return {
    ts,
    open: number('open'),
    high: number('high'),
    low: number('low'),
    close: number('close'),
    volume: at.volume < 0 ? 0 : number('volume'),
    trades: at.trades < 0 ? 0 : number('trades'),
  };
}

function problemOf({ open, high, low, close, volume, trades }: Row): string | null {
  const sum = open + high + low + close + volume + trades;
  if (!Number.isFinite(sum)) return 'a column is missing or no number';
  if (!(open > 0 && high > 0 && low > 0 && close > 0)) return 'price zero or negative';
  if (high < low) return 'high below low';
  if (high < open || high < close || low > open || low > close) return 'open or close outside of high and low';
  return volume < 0 || trades < 0 ? 'volume negative' : null;
}
