import { findFields, type KnownFields, type NamedColumns } from './find-fields.js';
import { type Table, tableOf } from './table.js';
import { TIME_NAMES } from './time-names.js';

export const BAR_FIELDS = ['time', 'open', 'high', 'low', 'close', 'volume', 'trades', 'symbol'] as const;
export type BarField = (typeof BAR_FIELDS)[number];

const KNOWN: KnownFields<BarField> = {
  what: 'bars',
  names: {
    time: TIME_NAMES,
    open: ['open', 'o', 'openprice'],
    high: ['high', 'h', 'highprice', 'max'],
    low: ['low', 'l', 'lowprice', 'min'],
    close: ['close', 'c', 'closeprice', 'last'],
    volume: ['volume', 'vol', 'v', 'basevolume', 'tickvolume', 'tickvol'],
    trades: ['trades', 'count', 'numberoftrades', 'tradecount', 'n'],
    symbol: ['symbol', 'productcode', 'instrument', 'instid', 'pair', 'market', 'ticker'],
  },
  required: ['time', 'open', 'high', 'low', 'close'],
  order: ['time', 'open', 'high', 'low', 'close', 'volume'],
};

export interface BarColumns {
  /** Where each field stands in a row; -1 where the file has none. */
  readonly at: Readonly<Record<BarField, number>>;
  /** The first line names the columns, and is no data. */
  readonly header: boolean;
  readonly cells: Table['cells'];
  readonly misfit: string;
  /** For people: `Date → time`. */
  readonly understood: readonly string[];
}

/**
 * Understands the first line of a file. `named` says which column (by its name, or by its number from 1) a field is in, where the names
 * are not common ones. A file without a header has its fields in the order time, open, high, low, close, volume. Throws `DATA_INVALID`.
 */
export function barColumns(file: string, firstLine: string, named: NamedColumns): BarColumns {
  const table = tableOf(firstLine);
  return { ...findFields(file, table, KNOWN, named), header: table.header, cells: table.cells, misfit: table.misfit };
}
