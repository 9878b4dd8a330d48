import type { InputLogRow } from '@alpha-engine/core';
import { firstDifference, type ValueDifference } from './difference.js';
import type { ComparedKind } from './divergence.js';

/** A row that came of the replay, with the batch it was last changed in. */
export interface Kept<Row> {
  readonly row: Row;
  readonly at: InputLogRow;
}

/** Rows of one kind, by their natural key. */
export interface RowsOf<Row> {
  readonly kind: ComparedKind;
  readonly replayed: ReadonlyMap<string, Kept<Row>>;
  readonly recorded: ReadonlyMap<string, Row>;
  readonly signalOf: (row: Row) => string | null;
  /** Whether the replay must have come to a row that is recorded. */
  readonly isExpected: (row: Row) => boolean;
  /** What of the recorded row is compared. Absent: the whole. */
  readonly recordedAs?: (recorded: Row, replayed: Row) => Row;
}

export interface DifferentRow {
  readonly kind: ComparedKind;
  readonly what: string;
  readonly difference: ValueDifference;
  readonly signalId: string | null;
  /** Absent where the replay has no such row. */
  readonly at?: InputLogRow;
}

/** Both ways: what came out and is not recorded so, and what is recorded and did not come out. Null: no difference. */
export function differentRow<Row>({
  isExpected,
  kind,
  recorded,
  recordedAs,
  replayed,
  signalOf,
}: RowsOf<Row>): DifferentRow | null {
  for (const [key, { at, row }] of replayed) {
    const stored = recorded.get(key);
    const difference = firstDifference(stored === undefined ? null : (recordedAs?.(stored, row) ?? stored), row);
    if (difference === null) continue;
    return { kind, what: `The ${kind} ${key} is recorded otherwise.`, difference, signalId: signalOf(row), at };
  }
  for (const [key, row] of recorded) {
    if (replayed.has(key) || !isExpected(row)) continue;
    const difference = firstDifference(row, null);
    if (difference === null) continue;
    return {
      kind,
      what: `The ${kind} ${key} is recorded, and nothing of it came out.`,
      difference,
      signalId: signalOf(row),
    };
  }
  return null;
}
