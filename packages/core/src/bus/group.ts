import type { GroupRow, OwnedRow, Pending, SharedRow } from './storage.js';

/** The place everything up to which is acknowledged. */
export function placeOf(row: GroupRow): number {
  if (row.mode === 'owned') return row.position;
  return row.pending.reduce((place, { position }) => Math.min(place, position - 1), row.cursor);
}

/** Entries of a stream ending at `last` that the group has not acknowledged. */
export function unacknowledged(row: GroupRow, last: number): number {
  if (row.mode === 'owned') return Math.max(0, last - row.position);
  return Math.max(0, last - row.cursor) + row.pending.length;
}

/** Acknowledging is idempotent and never goes back. */
export function ackOwned(row: OwnedRow, positions: readonly number[]): OwnedRow {
  const furthest = positions.reduce((most, position) => Math.max(most, position), row.position);
  return furthest === row.position ? row : { ...row, position: furthest };
}

export function ackShared(row: SharedRow, positions: readonly number[]): SharedRow {
  const done = new Set(positions);
  const pending = row.pending.filter(({ position }) => !done.has(position));
  return pending.length === row.pending.length ? row : { ...row, pending };
}

/** Pending entries handed out so long ago that they go to another member, oldest place first. */
export function overdue(row: SharedRow, nowMs: number, redeliverAfterMs: number): readonly Pending[] {
  return row.pending.filter(({ atMs }) => nowMs - atMs >= redeliverAfterMs).sort((a, b) => a.position - b.position);
}

/** Milliseconds until the next pending entry is overdue; null when none is pending. */
export function msUntilOverdue(row: SharedRow, nowMs: number, redeliverAfterMs: number): number | null {
  if (row.pending.length === 0) return null;
  const oldest = row.pending.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
  return Math.max(0, oldest + redeliverAfterMs - nowMs);
}

/** Records that these entries were handed to a member, and that everything up to `cursor` has been. */
export function handOut(
  row: SharedRow,
  handed: { positions: readonly number[]; consumer: string; nowMs: number; cursor: number },
): SharedRow {
  const again = new Set(handed.positions);
  const pending = row.pending.filter(({ position }) => !again.has(position));
  for (const position of handed.positions) {
    pending.push({ position, consumer: handed.consumer, atMs: handed.nowMs });
  }
  return { mode: 'shared', cursor: Math.max(row.cursor, handed.cursor), pending };
}

/** A member that starts anew gets at once what it had left unacknowledged. */
export function releaseOf(row: SharedRow, consumer: string): SharedRow {
  if (!row.pending.some((entry) => entry.consumer === consumer)) return row;
  return { ...row, pending: row.pending.map((entry) => (entry.consumer === consumer ? { ...entry, atMs: 0 } : entry)) };
}

/** The first position to keep when a stream is cut down to `keep` entries without taking from a group what it needs. */
export function trimPoint(
  stream: { first: number; last: number },
  keep: number,
  groups: readonly { row: GroupRow }[],
): number {
  const wanted = stream.last - keep + 1;
  const allowed = groups.reduce((least, { row }) => Math.min(least, placeOf(row) + 1), stream.last + 1);
  return Math.max(stream.first, Math.min(wanted, allowed));
}
