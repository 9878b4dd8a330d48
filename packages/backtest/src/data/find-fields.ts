import { AlphaError } from '@alpha-engine/core';
import { plainName, type Table } from './table.js';

/** The fields of one kind of row. */
export interface KnownFields<F extends string> {
  /** For people: `bars`. */
  readonly what: string;
  /** Names that files use, plain (see `plainName`), the likeliest first. */
  readonly names: Readonly<Record<F, readonly string[]>>;
  readonly required: readonly F[];
  /** Where the fields stand in a file without a header; empty when such a file says too little. */
  readonly order: readonly F[];
}

export interface FoundFields<F extends string> {
  /** Where each field stands in a row; -1 where the file has none. */
  readonly at: Readonly<Record<F, number>>;
  /** For people: `Date → time`. */
  readonly understood: readonly string[];
}

/** Columns whose names are not common ones, by field: a name, or a number from 1. */
export type NamedColumns = Readonly<Partial<Record<string, string>>>;

/** Finds the fields of a table, `named` before common names. Throws `DATA_INVALID` when one that is required is missing. */
export function findFields<F extends string>(
  file: string,
  table: Table,
  known: KnownFields<F>,
  named: NamedColumns,
): FoundFields<F> {
  const fields = Object.keys(known.names) as F[];
  const cells = table.names ?? [];
  const plain = cells.map(plainName);
  const find = (field: F): number => {
    const wanted = named[field];
    if (wanted === undefined) {
      if (table.names !== null) return indexOfAny(plain, known.names[field]);
      const index = known.order.indexOf(field);
      return index < table.width ? index : -1;
    }
    const index = cells.indexOf(wanted);
    const position = index >= 0 ? index : /^\d+$/.test(wanted) ? Number(wanted) - 1 : -1;
    if (position >= 0 && position < table.width) return position;
    throw invalid(file, known.what, `it has no column "${wanted}" for ${field}; ${thereIs(table)}`);
  };
  const at = Object.fromEntries(fields.map((field) => [field, find(field)])) as Record<F, number>;
  const missing = known.required.filter((field) => at[field] < 0);
  if (missing.length > 0) {
    const why = `it has no column for ${missing.join(', ')}; ${thereIs(table)}. Name them: --columns`;
    throw invalid(file, known.what, `${why} ${missing[0]}=First${missing.length > 1 ? `,${missing[1]}=Second` : ''},…`);
  }
  const understood = fields
    .filter((field) => at[field] >= 0)
    .map((field) => `${table.names === null ? `column ${at[field] + 1}` : cells[at[field]] || '(no name)'} → ${field}`);
  return { at, understood };
}

function indexOfAny(cells: readonly string[], names: readonly string[]): number {
  for (const name of names) {
    const index = cells.indexOf(name);
    if (index >= 0) return index;
  }
  return -1;
}

function thereIs(table: Table): string {
  return table.names === null
    ? `its first line has ${table.width} columns and no names`
    : `there are ${table.names.join(', ')}`;
}

function invalid(file: string, what: string, why: string): AlphaError {
  return new AlphaError('DATA_INVALID', `${file} cannot be read as ${what}: ${why}.`, { context: { file } });
}
