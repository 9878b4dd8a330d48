import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AlphaError, isTimed, type MarketEvent, type Timeframe } from '@alpha-engine/core';
import { type BarField, barColumns } from './bar-columns.js';
import type { BarSource, DataKind } from './bar-source.js';
import { CsvBars } from './csv-bars.js';
import { EventFiles, type EventFilesOptions } from './event-files.js';
import type { EventSource } from './event-source.js';
import type { NamedColumns } from './find-fields.js';
import { linesOf } from './lines-of.js';
import { longerBars } from './longer-bars.js';
import { MergedEvents } from './merged-events.js';
import { kindOf, openRows } from './open-rows.js';
import { bare } from './table.js';
import { unreadable } from './unreadable.js';

export interface DataOptions extends Omit<EventFilesOptions, 'kind'> {
  /** What the files hold; by default each is recognised by its first line. */
  readonly kind?: DataKind | 'auto';
  /** Of the bars that are handed on. */
  readonly timeframe: Timeframe;
  /** Of the bars in the files, where they are shorter. */
  readonly dataTimeframe?: Timeframe;
  /** Of bars: whether the time of a row is the bar's beginning (default) or its end. */
  readonly timeIs?: 'open' | 'close';
}

/** What a file begins with. */
interface Head {
  readonly file: string;
  readonly kind: DataKind;
  /** Kind and symbol: files of the same follow each other, others are merged by time. */
  readonly series: string;
  /** What its first row is of; null where it does not say. */
  readonly symbol: string | null;
}

/** What the first file says that its rows are of; null where it does not. */
export async function symbolIn(options: Omit<DataOptions, 'symbol'>): Promise<string | null> {
  const [file] = await filesOf(options.files);
  return file === undefined ? null : (await headOf(file, { ...options, symbol: '' })).symbol;
}

/**
 * The data of files, of whatever kind: bars, or trades, books and events. Files of the same kind and symbol follow each other in the order given;
 * several such rows of files are merged by time, and what two of them have of the same symbol, type and time is a fault. A folder stands for its files in the order of their names. Throws `DATA_UNREADABLE`, `DATA_INVALID`, and `USAGE`
 * for bars where the timeframe needs trades.
 */
export async function openData(options: DataOptions): Promise<BarSource | EventSource> {
  const heads: Head[] = [];
  for (const file of await filesOf(options.files)) heads.push(await headOf(file, options));
  const bars = heads.filter(({ kind }) => kind === 'bars');
  if (bars.length === 0) return eventsOf(heads, options);
  const other = heads.find(({ kind }) => kind !== 'bars');
  if (other !== undefined) {
    throw new AlphaError(
      'DATA_INVALID',
      `${bars[0]?.file} holds bars and ${other.file} holds ${other.kind}: a run takes either bars or events. Leave one out, or say what they hold with --data-kind.`,
      { context: { files: options.files } },
    );
  }
  const columns = options.columns as Partial<Record<BarField, string>> | undefined;
  const { dataTimeframe = options.timeframe, timeframe } = options;
  if (!isTimed(timeframe)) {
    throw new AlphaError(
      'USAGE',
      `${bars[0]?.file} holds bars, and bars of ${timeframe} are made of trades only. Give files of trades, or a timeframe of time, for example 1h.`,
      { context: { files: options.files, timeframe } },
    );
  }
  const files = bars.map(({ file }) => file);
  const source = new CsvBars({
    ...options,
    files,
    timeframe: dataTimeframe,
    ...(columns !== undefined && { columns }),
  });
  return longerBars(source, dataTimeframe, timeframe);
}

function eventsOf(heads: readonly Head[], options: DataOptions): EventSource {
  const rows = new Map<string, Head[]>();
  for (const head of heads) rows.set(head.series, [...(rows.get(head.series) ?? []), head]);
  const sources = [...rows.values()].map((list) => {
    const kind = list[0]?.kind as Exclude<DataKind, 'bars'>;
    return new EventFiles({ ...options, files: list.map(({ file }) => file), kind });
  });
  return sources.length === 1 ? (sources[0] as EventFiles) : new MergedEvents(sources, options.badRows ?? 'refuse');
}

async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) files.push(path);
    else files.push(...(await filesIn(path)));
  }
  return files;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, 0, cause);
  });
  const found = names.filter(isData).toSorted();
  if (found.length > 0) return found.map((name) => join(folder, name));
  throw invalid(folder, 'is a folder without .csv, .tsv, .txt, .jsonl, .ndjson (plain or .gz) and .parquet files');
}

function isData(name: string): boolean {
  return /\.((csv|tsv|txt|jsonl|ndjson)(\.gz)?|parquet)$/i.test(name);
}

async function headOf(file: string, options: DataOptions): Promise<Head> {
  const { columns = {}, exchange, kind: wanted = 'auto', offsetMs = 0, symbol } = options;
  const lines = await firstLines(file);
  const [first] = lines;
  if (first === undefined) throw invalid(file, 'is empty');
  const kind = wanted === 'auto' ? kindOf(first) : wanted;
  if (first.includes('\0') || (kind === null && first.includes('\uFFFD')))
    throw invalid(file, 'is no text in UTF-8, and no Parquet file by its name');
  if (kind === null) {
    throw invalid(
      file,
      `is not understood: its first line is "${first.slice(0, 100)}". Say what it holds with --data-kind, and name its columns with --columns`,
    );
  }
  if (kind === 'bars') return { file, kind, series: kind, symbol: symbolOfBars(file, lines, columns) };
  const rows = openRows(file, first, kind, { exchange, symbol, offsetMs, columns });
  let event: MarketEvent | null = null;
  for (const line of rows.header ? lines.slice(1) : lines) {
    const read = rows.read(line);
    if (read !== null && typeof read !== 'string') event ??= read;
  }
  // The first book may need more lines than these.
  const last = event === null ? rows.end?.() : null;
  if (last && typeof last !== 'string') event = last;
  const of = event?.symbol ?? symbol;
  return { file, kind, series: `${rows.kind} ${event?.type} ${of}`, symbol: of === '' ? null : of };
}

function invalid(file: string, why: string): AlphaError {
  return new AlphaError('DATA_INVALID', `${file} ${why}.`, { context: { file } });
}

function symbolOfBars(file: string, lines: readonly string[], named: NamedColumns): string | null {
  const columns = barColumns(file, lines[0] ?? '', named);
  const row = lines[columns.header ? 1 : 0];
  const cell = row === undefined ? undefined : columns.cells(row)?.[columns.at.symbol];
  return bare(cell ?? '') || null;
}

/** The first lines with something in them, as far as one reading goes. */
async function firstLines(file: string): Promise<readonly string[]> {
  for await (const lines of linesOf(file).batches()) {
    const written = lines.filter((line) => line.trim() !== '');
    if (written.length > 0) return written.slice(0, 20);
  }
  return [];
}
