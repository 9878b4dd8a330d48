import { AlphaError } from '../../errors/alpha-error.js';
import type { EntryId } from '../event-bus.js';
import { EVENT_FIELD } from './redis-keys.js';

/** An entry as Redis keeps it: its id and the text of its event. */
export interface RedisEntry {
  readonly id: EntryId;
  readonly text: string;
}

/** What XRANGE, XREAD and XREADGROUP give for an entry; no fields when it was deleted while somebody had it in hand. */
export type RawEntry = readonly [id: string, fields: readonly string[] | null];

/** The place before the first entry. */
export const BEFORE_FIRST = '0-0';

const ID = /^(\d{1,15})-(\d{1,15})$/;

/** The id a caller gave, checked; null is the place before the first entry. Throws `BUS_UNKNOWN_ENTRY`. */
export function placeOfId(id: EntryId | null): EntryId {
  if (id === null) return BEFORE_FIRST;
  if (ID.test(id)) return id;
  throw new AlphaError(
    'BUS_UNKNOWN_ENTRY',
    `"${id}" is not the id of an entry of this bus; use ids only on the bus that gave them.`,
    { context: { id } },
  );
}

/** The id, or null for the place before the first entry. */
export function idOfPlace(place: EntryId): EntryId | null {
  return place === BEFORE_FIRST ? null : place;
}

/** Negative when `a` is the earlier place. */
export function compareIds(a: EntryId, b: EntryId): number {
  if (a === b) return 0;
  const [aMs, aNumber] = parts(a);
  const [bMs, bNumber] = parts(b);
  return aMs - bMs || aNumber - bNumber;
}

/** When Redis took the entry: epoch milliseconds of the server's clock. */
export function msOfId(id: EntryId): number {
  return parts(id)[0];
}

export function entryOf([id, fields]: RawEntry): RedisEntry {
  if (fields === null) return { id, text: '' };
  if (fields[0] === EVENT_FIELD) return { id, text: fields[1] ?? '' };
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at] === EVENT_FIELD) return { id, text: fields[at + 1] ?? '' };
  }
  // Somebody else's entry: kept whole, so that the dead letter shows what came.
  return { id, text: JSON.stringify(fields) };
}

/** XREAD and XREADGROUP answer pairs of stream and entries: nested in RESP2, flat where a RESP3 map was flattened. */
export function entriesByStream(reply: unknown): ReadonlyMap<string, readonly RawEntry[]> {
  const found = new Map<string, readonly RawEntry[]>();
  if (!Array.isArray(reply)) return found;
  const pairs: unknown[] = Array.isArray(reply[0]) ? reply.flat(1) : reply;
  for (let at = 0; at < pairs.length; at += 2) found.set(String(pairs[at]), pairs[at + 1] as RawEntry[]);
  return found;
}

/** Reads a flat list of names and values, as XINFO answers. */
export function fieldsOf(reply: unknown): ReadonlyMap<string, unknown> {
  const flat = reply as readonly unknown[];
  const fields = new Map<string, unknown>();
  for (let at = 0; at < flat.length; at += 2) fields.set(String(flat[at]), flat[at + 1]);
  return fields;
}

function parts(id: EntryId): readonly [number, number] {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
}
