import { goalOf, type Objective, unmetOf } from './objective.js';
import type { FinishedTrial } from './trial.js';

/**
 * `found`: it has a value and meets every requirement. `unmet`: it has one and does not. `not available`: the run does not have the
 * figure. `failed`: it was not run to its end.
 */
export type Standing = 'found' | 'unmet' | 'not available' | 'failed';

export interface JudgedTrial extends FinishedTrial {
  readonly standing: Standing;
  /** Of the objective; more is better. */
  readonly value: number | null;
  /** Requirements that it does not meet. */
  readonly unmet: readonly string[];
}

export function judge(objective: Objective, trial: FinishedTrial): JudgedTrial {
  const { outcome } = trial;
  if ('failed' in outcome) return { ...trial, standing: 'failed', value: null, unmet: [] };
  const value = goalOf(objective, outcome.metrics);
  const unmet = unmetOf(objective, outcome.metrics);
  const standing = value === null ? 'not available' : unmet.length > 0 ? 'unmet' : 'found';
  return { ...trial, standing, value, unmet };
}

const ORDER: readonly Standing[] = ['found', 'unmet', 'not available', 'failed'];

/** Best first; of equal ones the one that was tried first. */
export function ranked(trials: readonly JudgedTrial[]): readonly JudgedTrial[] {
  return [...trials].sort(
    (a, b) =>
      ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) || (b.value ?? 0) - (a.value ?? 0) || a.index - b.index,
  );
}
