import { AlphaError } from '@alpha-engine/core';

export const BAR_FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume', 'trades'] as const;
export type BarField = (typeof BAR_FIELDS)[number];

const REQUIRED: readonly BarField[] = ['time', 'open', 'high', 'low', 'close'];

/** Names that files use, in lower case without spaces, dashes and underscores. An empty one stands first in what pandas writes. */
const NAMES: Readonly<Record<BarField, readonly string[]>> = {
  time: ['time', 'timestamp', 'date', 'datetime', 'date/time', 'opentime', 'opents', 'ts', 't', 'gmttime', 'unix', ''],
  open: ['open', 'o', 'openprice'],
  high: ['high', 'h', 'highprice', 'max'],
  low: ['low', 'l', 'lowprice', 'min'],
  close: ['close', 'c', 'closeprice', 'last'],
  volume: ['volume', 'vol', 'v', 'basevolume', 'tickvolume', 'tickvol'],
  trades: ['trades', 'count', 'numberoftrades', 'tradecount', 'n'],
};

/** Where each field stands in a row; -1 where the file has none. */
export interface BarColumns {
  readonly at: Readonly<Record<BarField, number>>;
  readonly separator: string;
  /** The first line names the columns, and is no data. */
  readonly header: boolean;
  /** For people: `Date → time`. */
  readonly understood: readonly string[];
}

/**
 * Understands the first line of a file. `named` says which column (by its name, or by its number from 1) a field is in, where the names
 * are not common ones. A file without a header has its fields in the order time, open, high, low, close, volume. Throws `DATA_INVALID`.
 */
export function barColumns(
  file: string,
  firstLine: string,
  named: Readonly<Partial<Record<BarField, string>>>,
): BarColumns {
  const separator = [',', ';', '\t'].find((mark) => firstLine.includes(mark)) ?? ',';
  const cells = firstLine.split(separator).map(bare);
  const header = cells.some((cell) => /[a-z]/i.test(cell) && !/^\d/.test(cell));
  const plain = cells.map((cell) => cell.toLowerCase().replace(/[\s_-]/g, ''));
  const find = (field: BarField): number => {
    const wanted = named[field];
    if (wanted === undefined) return header ? indexOfAny(plain, NAMES[field]) : positionOf(field, cells.length);
    const index = header ? cells.indexOf(wanted) : -1;
    const position = index >= 0 ? index : /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
    if (position >= 0 && position < cells.length) return position;
    throw invalid(file, `it has no column "${wanted}" for ${field}; there are ${cells.join(', ')}`);
  };
  const at = Object.fromEntries(BAR_FIELDS.map((field) => [field, find(field)])) as Record<BarField, number>;
  const missing = REQUIRED.filter((field) => at[field] < 0);
  if (missing.length > 0) {
    const there = header ? `there are ${cells.join(', ')}` : `its first line has ${cells.length} columns and no names`;
    throw invalid(
      file,
      `it has no column for ${missing.join(', ')}; ${there}. Name them: --columns time=Date,open=First,…`,
    );
  }
  const understood = BAR_FIELDS.filter((field) => at[field] >= 0).map(
    (field) => `${header ? cells[at[field]] || '(no name)' : `column ${at[field] + 1}`} → ${field}`,
  );
  return { at, separator, header, understood };
}

/** Without quotes, spaces around it and the mark that some editors put first. */
export function bare(cell: string): string {
  return cell
    .replace(/^\uFEFF/, '')
    .trim()
    .replace(/^"(.*)"$/, '$1');
}

function indexOfAny(cells: readonly string[], names: readonly string[]): number {
  for (const name of names) {
    const index = cells.indexOf(name);
    if (index >= 0) return index;
  }
  return -1;
}

function positionOf(field: BarField, width: number): number {
  const index = BAR_FIELDS.indexOf(field);
  return field !== 'trades' && index < width ? index : -1;
}

function invalid(file: string, why: string): AlphaError {
  return new AlphaError('DATA_INVALID', `${file} cannot be read as bars: ${why}.`, { context: { file } });
}
