import { keyOf, type Point } from '../parameter-space.js';
import { Random } from '../random.js';
import { ParzenEstimator } from './parzen-estimator.js';
import type { SamplerOptions, Sampling, Scored } from './sampler.js';

/** Points by chance before there is anything to learn from. */
const STARTUP = 16;
/** Drawn where good points are dense; the one of them is tried that is most of good and least of other points. */
const CANDIDATES = 24;
/** Share of the tried points that count as good, and how many at most. */
const GOOD_SHARE = 0.1;
const MOST_GOOD = 25;
/** So many draws in a row that were tried already mean that there is hardly a new point. */
const MOST_KNOWN = 1_000;

interface Tried {
  readonly shares: readonly number[];
  readonly score: number | null;
}

/**
 * Tree-structured Parzen estimator over all parameters together (Bergstra, Bardenet, Bengio and Kégl, "Algorithms for Hyper-Parameter
 * Optimization", 2011; bandwidths and share of good points as in Watanabe, "Tree-Structured Parzen Estimator", 2023): tries points where
 * the density of the good ones is high against that of the others. Works in rounds: within one it learns nothing, but keeps
 * away from what it has just chosen, so that the round is the same however many threads run it.
 */
export function* tpeSampling(options: SamplerOptions): Sampling {
  const { batch, space, seed, trials } = options;
  const random = new Random(seed);
  const known = new Set<string>();
  const tried: Tried[] = [];
  while (known.size < trials) {
    const round: { readonly shares: readonly number[]; readonly point: Point }[] = [];
    const size = Math.min(known.size < STARTUP ? STARTUP - known.size : batch, trials - known.size);
    while (round.length < size) {
      const shares = fresh(options, random, known, known.size < STARTUP ? [] : [...tried, ...round.map(pending)]);
      if (shares === null) break;
      const point = space.fromShares(shares);
      known.add(keyOf(point));
      round.push({ shares, point });
    }
    if (round.length === 0) return;
    const scored: readonly Scored[] = yield round.map(({ point }) => point);
    round.forEach(({ shares }, place) => {
      tried.push({ shares, score: scored[place]?.score ?? null });
    });
  }
}

/** Counts among the others: nothing good is known of it yet. */
function pending({ shares }: { readonly shares: readonly number[] }): Tried {
  return { shares, score: null };
}

/** Shares of a point that was not tried; null when hardly one is left. */
function fresh(
  { space }: SamplerOptions,
  random: Random,
  known: ReadonlySet<string>,
  tried: readonly Tried[],
): readonly number[] | null {
  const isNew = (shares: readonly number[]) => !known.has(keyOf(space.fromShares(shares)));
  const choice =
    tried.length === 0
      ? null
      : promising(space.dimensions, random, tried, (shares) => {
          const point = space.fromShares(shares);
          return space.admits(point) && !known.has(keyOf(point));
        });
  if (choice !== null) return choice;
  for (let attempt = 0; attempt < MOST_KNOWN; attempt++) {
    const shares = space.draw(random);
    if (shares === null) return null;
    if (isNew(shares)) return shares;
  }
  return null;
}

function promising(
  dimensions: SamplerOptions['space']['dimensions'],
  random: Random,
  tried: readonly Tried[],
  allowed: (shares: readonly number[]) => boolean,
): readonly number[] | null {
  const ranked = [...tried].sort((a, b) => rankOf(b) - rankOf(a));
  const count = Math.min(Math.ceil(GOOD_SHARE * tried.length), MOST_GOOD);
  const good = ranked.slice(0, count).filter(({ score }) => score !== null);
  if (good.length === 0) return null;
  const sharesOf = (list: readonly Tried[]) => list.map(({ shares }) => shares);
  const near = new ParzenEstimator(dimensions, sharesOf(good));
  const far = new ParzenEstimator(dimensions, sharesOf(ranked.slice(good.length)));
  let best: readonly number[] | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (let drawn = 0; drawn < CANDIDATES; drawn++) {
    const shares = near.draw(random);
    if (!allowed(shares)) continue;
    const promise = Math.log(near.density(shares)) - Math.log(far.density(shares));
    if (promise <= most) continue;
    most = promise;
    best = shares;
  }
  return best;
}

function rankOf({ score }: Tried): number {
  return score ?? Number.NEGATIVE_INFINITY;
}
