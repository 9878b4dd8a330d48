import { Decimal } from '../../decimal/decimal.js';

/** What the database cannot hold inside text: the NUL character. */
const NUL = /\0/g;
/** In JSON text: an escaped NUL or half of a surrogate pair, which `jsonb` refuses. */
const UNSTORABLE_ESCAPE = /\\u(0000|d[89a-f])/i;

/** Text as the database can hold it: NUL becomes U+FFFD. */
export function text(value: string): string {
  return value.replace(NUL, '\ufffd');
}

export function optionalText(value: string | undefined | null): string | null {
  return value === undefined || value === null ? null : text(value);
}

/** For `json` columns: kept to the last character. */
export function verbatimJson(value: unknown): string {
  return JSON.stringify(value ?? null);
}

/** For `jsonb` columns: NUL and lone surrogates in strings become U+FFFD. */
export function searchableJson(value: unknown): string {
  const json = JSON.stringify(value ?? null);
  return UNSTORABLE_ESCAPE.test(json) ? JSON.stringify(storable(JSON.parse(json))) : json;
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(text(value), 'utf8').toString('utf8');
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [storable(key), storable(one)]));
}

export function money(value: Decimal): string {
  return value.toString();
}

export function optionalMoney(value: Decimal | undefined): string | null {
  return value === undefined ? null : value.toString();
}

/** `numeric` as the client gives it. */
export function decimal(value: string): Decimal {
  return Decimal.of(value);
}

/** Keeps the last row of each key: one statement may not touch a row twice. */
export function lastByKey<T>(rows: readonly T[], key: (row: T) => string): readonly T[] {
  if (rows.length < 2) return rows;
  return [...new Map(rows.map((row) => [key(row), row])).values()];
}

/** Columns of the rows, for `unnest`. */
export function columns<T>(rows: readonly T[], ...pick: readonly ((row: T) => unknown)[]): unknown[][] {
  return pick.map((one) => rows.map(one));
}
