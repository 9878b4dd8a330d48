import { AlphaError } from '../errors/alpha-error.js';
import type { EntryId } from './event-bus.js';

export function entryId(position: number): EntryId {
  return String(position);
}

/** The position an id names; null is the place before the first entry. Throws `BUS_UNKNOWN_ENTRY`. */
export function positionOf(id: EntryId | null): number {
  if (id === null) return 0;
  const position = Number(id);
  if (!/^\d{1,15}$/.test(id) || !Number.isSafeInteger(position)) {
    throw new AlphaError(
      'BUS_UNKNOWN_ENTRY',
      `"${id}" is not the id of an entry of this bus; use ids only on the bus that gave them.`,
      { context: { id } },
    );
  }
  return position;
}
