import type { Point } from '../parameter-space.js';
import type { SamplerOptions, Sampling } from './sampler.js';

/** Every point of the space, in order, in one round. */
export function* gridSampling({ space, trials }: SamplerOptions): Sampling {
  yield first(space.grid(), trials);
}

function* first(points: Iterable<Point>, count: number): Generator<Point> {
  let left = count;
  if (left <= 0) return;
  for (const point of points) {
    yield point;
    left -= 1;
    if (left <= 0) return;
  }
}
