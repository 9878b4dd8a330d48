import { performance } from 'node:perf_hooks';
import { median } from '../median.js';

export const ROUNDS = 61;
const ROUND_MS = 15;

/** Work done on one frame after the other, over and over. */
export interface Contender {
  readonly frames: readonly Buffer[];
  work(frame: Buffer): unknown;
}

/**
 * Rounds of a few milliseconds in turn, so that a busy machine disturbs both alike: `ratio` is the median of the rounds' ratios,
 * `rate` our median in frames a second.
 */
export function alternate(own: Contender, reference: Contender): { ratio: number; rate: number } {
  // Both paths are compiled before they are timed.
  framesPerSecond(reference, 10 * ROUND_MS);
  framesPerSecond(own, 10 * ROUND_MS);
  const ratios: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const other = framesPerSecond(reference, ROUND_MS);
    const rate = framesPerSecond(own, ROUND_MS);
    ratios.push(rate / other);
    rates.push(rate);
  }
  return { ratio: median(ratios), rate: Math.round(median(rates)) };
}

/** The sink keeps the work from being optimised away. */
let sink: unknown;
function framesPerSecond({ work, frames }: Contender, ms: number): number {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < ms) {
    for (const frame of frames) sink = work(frame);
    done += frames.length;
  }
  if (sink === undefined) throw new Error('Nothing was done.');
  return (done / (performance.now() - start)) * 1_000;
}
