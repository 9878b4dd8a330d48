import type { ParameterSpace, Point } from '../parameter-space.js';

/** A point that was tried, and what it was worth: more is better; null: it is worth nothing that can be said. */
export interface Scored {
  readonly point: Point;
  readonly score: number | null;
}

/**
 * Chooses what is tried next, in rounds: it gives the points of a round and is told their scores, in the same order, before it
 * gives the next. Points of a round may be tried at the same time and in any order. Nothing but space, seed and scores
 * decides, so that the same search is the same on one core and on many.
 */
export type Sampling = Generator<Iterable<Point>, void, readonly Scored[]>;

export interface SamplerOptions {
  readonly space: ParameterSpace;
  readonly seed: number;
  /** How many points are tried at most. */
  readonly trials: number;
  /** Points of a round, for samplers that learn from one round for the next. */
  readonly batch: number;
}

export const SAMPLERS = ['grid', 'random', 'tpe'] as const;
export type SamplerName = (typeof SAMPLERS)[number];
