import { describe, expect, it } from 'vitest';
import {
  ackOwned,
  ackShared,
  handOut,
  msUntilOverdue,
  overdue,
  placeOf,
  releaseOf,
  trimPoint,
  unacknowledged,
} from '../../src/bus/group.js';
import type { OwnedRow, SharedRow } from '../../src/bus/storage.js';

const owned: OwnedRow = { mode: 'owned', owner: 1, consumer: 'a', position: 5 };
const none: SharedRow = { mode: 'shared', cursor: 5, pending: [] };
const some = handOut(none, { positions: [6, 7, 8], consumer: 'a', nowMs: 1000, cursor: 8 });

describe('places of a group', () => {
  it('an owned place only goes forward', () => {
    expect(ackOwned(owned, [7, 6]).position).toBe(7);
    expect(ackOwned(owned, [3])).toBe(owned);
    expect(unacknowledged(owned, 9)).toBe(4);
    expect(placeOf(owned)).toBe(5);
  });

  it('a shared place stands before the first that is pending', () => {
    expect(placeOf(none)).toBe(5);
    expect(placeOf(some)).toBe(5);
    const rest = ackShared(some, [6, 8]);
    expect(placeOf(rest)).toBe(6);
    expect(unacknowledged(rest, 10)).toBe(3);
    expect(ackShared(rest, [6])).toBe(rest);
    expect(placeOf(ackShared(rest, [7]))).toBe(8);
  });

  it('what is left too long is overdue, and handing it out again starts the time anew', () => {
    expect(overdue(some, 1049, 50)).toEqual([]);
    expect(msUntilOverdue(some, 1049, 50)).toBe(1);
    expect(overdue(some, 1050, 50).map(({ position }) => position)).toEqual([6, 7, 8]);
    const again = handOut(some, { positions: [6], consumer: 'b', nowMs: 1050, cursor: 0 });
    expect(again.cursor).toBe(8);
    expect(overdue(again, 1050, 50).map(({ position }) => position)).toEqual([7, 8]);
    expect(msUntilOverdue(none, 0, 50)).toBeNull();
  });

  it('a member that comes back has what it left at once; others keep theirs', () => {
    const both = handOut(some, { positions: [9], consumer: 'b', nowMs: 1000, cursor: 9 });
    expect(overdue(releaseOf(both, 'b'), 1001, 50).map(({ position }) => position)).toEqual([9]);
    expect(releaseOf(both, 'c')).toBe(both);
  });

  it('trimming keeps what was asked for and what any group needs', () => {
    const stream = { first: 3, last: 20 };
    expect(trimPoint(stream, 4, [])).toBe(17);
    expect(trimPoint(stream, 100, [])).toBe(3);
    expect(trimPoint(stream, 0, [])).toBe(21);
    expect(trimPoint(stream, 0, [{ row: owned }, { row: some }])).toBe(6);
    expect(trimPoint(stream, 0, [{ row: { ...owned, position: 1 } }])).toBe(3);
  });
});
