import { keyOf, type ParameterSpace, type Point } from '../parameter-space.js';
import { Random } from '../random.js';
import type { SamplerOptions, Sampling } from './sampler.js';

/** So many points in a row that were tried already mean that there is hardly a new one. */
const MOST_KNOWN = 1_000;

/** Points drawn independently, none twice, in one round; fewer than asked for where the space has no more. */
export function* randomSampling({ space, seed, trials }: SamplerOptions): Sampling {
  yield distinct(space, new Random(seed), trials);
}

function* distinct(space: ParameterSpace, random: Random, count: number): Generator<Point> {
  const tried = new Set<string>();
  let known = 0;
  while (tried.size < count && known < MOST_KNOWN) {
    const shares = space.draw(random);
    if (shares === null) return;
    const point = space.fromShares(shares);
    const key = keyOf(point);
    known = tried.has(key) ? known + 1 : 0;
    if (known > 0) continue;
    tried.add(key);
    yield point;
  }
}
