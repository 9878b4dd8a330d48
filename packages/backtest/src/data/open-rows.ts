import { AlphaError } from '@alpha-engine/core';
import { BAR_FIELDS } from './bar-columns.js';
import type { DataKind } from './bar-source.js';
import { bookRows, levelColumns } from './book-rows.js';
import type { EventRows, RowContext } from './event-rows.js';
import { isLevelTable, levelRows } from './level-rows.js';
import { objectOf, plainName, type Table, tableOf } from './table.js';
import { tapeRows } from './tape-rows.js';
import { TRADE_FIELDS, tradeRows } from './trade-rows.js';
import { wireRows } from './wire-rows.js';

/** Fields of rows that can be named with a column. */
export const DATA_FIELDS: readonly string[] = [...new Set([...BAR_FIELDS, ...TRADE_FIELDS])];

/** Of bars without a header: time, prices, volume, trades. */
const MOST_BAR_COLUMNS = 7;

/** Recognises what a file holds by its first line; null when that says too little. */
export function kindOf(firstLine: string): DataKind | null {
  const first = objectOf(firstLine);
  if (first !== null && (isWire(first) || isTape(first))) return 'events';
  const table = tableOf(firstLine);
  if (table.names === null) return table.width >= 5 && table.width <= MOST_BAR_COLUMNS ? 'bars' : null;
  const names = new Set(table.names.map(plainName));
  const has = (...some: readonly string[]) => some.some((name) => names.has(name));
  if (has('open', 'o', 'openprice') && has('high', 'h', 'highprice', 'max')) return 'bars';
  if (levelColumns(table) !== null || isLevelTable(table)) return 'books';
  return has('price', 'px', 'p', 'rate') ? 'trades' : null;
}

/** How the lines of a file are understood, by its first one. Throws `DATA_INVALID`. */
export function openRows(file: string, firstLine: string, kind: DataKind | 'auto', context: RowContext): EventRows {
  const first = objectOf(firstLine);
  if (first !== null && isTape(first)) return tapeRows(first);
  if (first !== null && isWire(first)) return wireRows();
  const table = tableOf(firstLine);
  switch (kind === 'auto' ? kindOf(firstLine) : kind) {
    case 'trades':
      return tradeRows(file, table, context);
    case 'books':
      if (isLevelTable(table)) return levelRows(file, table, context);
      return bookRows(file, table, levelsIn(file, table), context);
    default:
      throw invalid(
        file,
        'trades, books or events',
        'its first line is neither an event as on the bus nor the head of a tape; say what it holds with --data-kind',
      );
  }
}

function levelsIn(file: string, table: Table): NonNullable<ReturnType<typeof levelColumns>> {
  const levels = levelColumns(table);
  if (levels !== null) return levels;
  const there = table.names === null ? 'its columns have no names' : `there are ${table.names.join(', ')}`;
  throw invalid(file, 'books', `it has no columns for a bid and an ask with their sizes; ${there}`);
}

function isWire(first: Readonly<Record<string, unknown>>): boolean {
  return typeof first.type === 'string' && typeof first.exchange === 'string' && typeof first.symbol === 'string';
}

function isTape(first: Readonly<Record<string, unknown>>): boolean {
  return first.format === 'alpha-tape';
}

function invalid(file: string, what: string, why: string): AlphaError {
  return new AlphaError('DATA_INVALID', `${file} cannot be read as ${what}: ${why}.`, { context: { file } });
}
