import { performance } from 'node:perf_hooks';
import { median } from './median.js';

export const ROUNDS = 61;
const ROUND_MS = 15;

/** Work done on one item after the other, over and over. */
export interface Contender<T> {
  readonly items: readonly T[];
  work(item: T): unknown;
}

/**
 * Rounds of a few milliseconds in turn, so that a busy machine disturbs both alike: `ratio` is the median of the rounds' ratios,
 * `rate` our median in items a second.
 */
export function alternate<T>(own: Contender<T>, reference: Contender<T>): { ratio: number; rate: number } {
  // Both paths are compiled before they are timed.
  itemsPerSecond(reference, 10 * ROUND_MS);
  itemsPerSecond(own, 10 * ROUND_MS);
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const other = itemsPerSecond(reference, ROUND_MS);
    const rate = itemsPerSecond(own, ROUND_MS);
    ratios.push(rate / other);
    rates.push(rate);
  }
  return { ratio: median(ratios), rate: Math.round(median(rates)) };
}

/** The sink keeps the work from being optimised away. */
let sink: unknown;
function itemsPerSecond<T>({ work, items }: Contender<T>, ms: number): number {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < ms) {
    for (const item of items) sink = work(item);
    done += items.length;
  }
  if (sink === undefined) throw new Error('Nothing was done.');
  return (done / (performance.now() - start)) * 1_000;
}
