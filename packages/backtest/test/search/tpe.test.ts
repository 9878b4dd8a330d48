import { describe, expect, it } from 'vitest';
import { ParameterSpace, type Point } from '../../src/search/index.js';
import { randomSampling } from '../../src/search/samplers/random.js';
import type { SamplerOptions, Sampling } from '../../src/search/samplers/sampler.js';
import { tpeSampling } from '../../src/search/samplers/tpe.js';

type Known = readonly [
  name: string,
  space: readonly string[],
  where: readonly string[],
  worth: (point: Point) => number,
];

const number = (point: Point, name: string) => Number(point[name]);

/** Highest worth is 0. */
const KNOWN: readonly Known[] = [
  [
    'a hill in three dimensions',
    ['x=-5.0..5.0', 'y=-5.0..5.0', 'z=-5.0..5.0'],
    [],
    (p) => -((number(p, 'x') - 2) ** 2 + (number(p, 'y') + 1) ** 2 + (number(p, 'z') - 0.5) ** 2),
  ],
  [
    'the three valleys of Branin',
    ['x=-5.0..10.0', 'y=0.0..15.0'],
    [],
    (p) => {
      const [x, y] = [number(p, 'x'), number(p, 'y')];
      const bend = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
      return 0.397887 - (bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10);
    },
  ],
  [
    'steps, a scale, a list and a constraint',
    ['fast=2..100:2', 'slow=10..400:10', 'rate=0.0001..1:log', 'mode=a,b,c,d'],
    ['fast < slow'],
    (p) =>
      -(
        ((number(p, 'fast') - 20) / 20) ** 2 +
        ((number(p, 'slow') - 200) / 80) ** 2 +
        Math.log10(number(p, 'rate') / 0.01) ** 2 +
        (p.mode === 'c' ? 0 : 2)
      ),
  ],
];

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

/** How far the best of so many trials is from the best there is, over all seeds. */
function regret(
  sampling: (options: SamplerOptions) => Sampling,
  [, texts, where, worth]: Known,
  trials: number,
): number {
  const space = ParameterSpace.parse(texts, where);
  const regrets = SEEDS.map((seed) =>
    Math.min(...run(sampling({ space, seed, trials, batch: 8 }), worth).map((one) => -one.score)),
  );
  return regrets.reduce((a, b) => a + b) / SEEDS.length;
}

function run(sampling: Sampling, worth: (point: Point) => number) {
  const all: { point: Point; score: number }[] = [];
  for (let round = sampling.next(); round.done !== true; ) {
    const scored = [...round.value].map((point) => ({ point, score: worth(point) }));
    all.push(...scored);
    round = sampling.next(scored);
  }
  return all;
}

describe('tpe', () => {
  it.each(KNOWN)('comes closer to %s with 60 trials than chance with 180 (mean of 20 seeds)', (...known) => {
    const [own, chance] = [regret(tpeSampling, known, 60), regret(randomSampling, known, 180)];
    expect(own).toBeLessThan(chance);
  });

  it('tries nothing twice, keeps the constraints and is decided by the seed', () => {
    const [, texts, where, worth] = KNOWN[2] as Known;
    const space = ParameterSpace.parse(texts, where);
    const points = (seed: number) =>
      run(tpeSampling({ space, seed, trials: 150, batch: 8 }), worth).map(({ point }) => point);
    const first = points(3);
    expect(new Set(first.map((point) => JSON.stringify(point))).size).toBe(150);
    expect(first.every((point) => space.admits(point))).toBe(true);
    expect(points(3)).toEqual(first);
    expect(points(4)).not.toEqual(first);
  });

  it('ends when the space has no more points, and goes by chance while nothing is worth anything', () => {
    const space = ParameterSpace.parse(['a=1..20', 'b=x,y']);
    const sampling = tpeSampling({ space, seed: 1, trials: 100, batch: 8 });
    const tried: Point[] = [];
    for (let round = sampling.next(); round.done !== true; ) {
      const points = [...round.value];
      tried.push(...points);
      round = sampling.next(points.map((point) => ({ point, score: null })));
    }
    expect(tried).toHaveLength(40);
  });
});
