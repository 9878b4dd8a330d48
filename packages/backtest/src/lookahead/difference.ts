import { isDeepStrictEqual } from 'node:util';
import type { Decision } from './decisions.js';

/** Two lists of decisions where they first differ; null: nothing was decided there. */
export interface Difference {
  readonly was: Decision | null;
  readonly is: Decision | null;
}

/** Null when both are the same. `loose`: indicators and other numbers beside the decision may differ. */
export function firstDifference(
  before: readonly Decision[],
  after: readonly Decision[],
  loose = false,
): Difference | null {
  for (let place = 0; place < Math.max(before.length, after.length); place++) {
    const [was, is] = [before[place] ?? null, after[place] ?? null];
    if (was !== null && is !== null && isSame(was, is, loose)) continue;
    // What one has and the other has not belongs to an earlier moment than what comes next in both.
    if (was !== null && is !== null && was.place < is.place) return { was, is: null };
    if (was !== null && is !== null && is.place < was.place) return { was: null, is };
    return { was, is };
  }
  return null;
}

function isSame(a: Decision, b: Decision, loose: boolean): boolean {
  if (loose) return a.place === b.place && a.action === b.action;
  return isDeepStrictEqual(a, b);
}
