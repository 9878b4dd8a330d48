import { describe, expect, it } from 'vitest';
import { ParameterSpace } from '../../src/search/index.js';
import { gridSampling } from '../../src/search/samplers/grid.js';
import { randomSampling } from '../../src/search/samplers/random.js';

const values = (text: string) => [...ParameterSpace.parse([text]).grid()].map((point) => Object.values(point)[0]);
const error = (act: () => unknown) => {
  try {
    act();
  } catch (caught) {
    return String(caught);
  }
  throw new Error('It was not refused.');
};

describe('a space', () => {
  it.each<[text: string, values: readonly unknown[]]>([
    ['n=5..20:5', [5, 10, 15, 20]],
    ['n=5..19:5', [5, 10, 15]],
    ['n=-1..1', [-1, 0, 1]],
    ['n=0..0.5:0.1', [0, 0.1, 0.2, 0.3, 0.4, 0.5]],
    ['n=0.001..1:*10', [0.001, 0.01, 0.1, 1]],
    ['n=10,20,50', [10, 20, 50]],
    ['mode=a, b', ['a', 'b']],
    ['n=7..7', [7]],
  ])('%s', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it.each<[text: string, says: RegExp]>([
    ['n', /should be a name and values, such as fast=5\.\.50:5/],
    ['n=', /should be a name and values/],
    ['n=5..', /a range is two numbers/],
    ['n=9..5', /9 is above 5, so that there is nothing in it/],
    ['n=1..9:0', /its step "0" should be a number above 0/],
    ['n=0..9:log', /a logarithmic scale begins above 0/],
    ['n=1..9:*1', /a factor above 1/],
    ['n=1,,2', /a value of its list is empty/],
    ['n=1,1', /a value stands twice/],
    ['n=0..1e9:0.01', /more than 10000000/],
  ])('is refused: %s', (text, says) => {
    expect(error(() => ParameterSpace.parse([text]))).toMatch(says);
  });

  it('is refused when it is empty, names a parameter twice, or has no steps for a grid', () => {
    expect(error(() => ParameterSpace.parse([]))).toMatch(/There is nothing to search over/);
    expect(error(() => ParameterSpace.parse(['n=1', 'n=2']))).toMatch(/gives "n" twice/);
    expect(error(() => values('n=0.1..1'))).toMatch(/no steps to count; give one .* or use --sampler/);
  });

  it('has the points that meet the constraints, the last dimension changing fastest', () => {
    const space = ParameterSpace.parse(['a=1..3', 'b=1..3', 'mode=x,y'], ['2*a <= b + 1', 'mode != "y"']);
    expect([...space.grid()]).toEqual([
      { a: 1, b: 1, mode: 'x' },
      { a: 1, b: 2, mode: 'x' },
      { a: 1, b: 3, mode: 'x' },
      { a: 2, b: 3, mode: 'x' },
    ]);
  });

  it.each<[where: string, says: RegExp]>([
    ['a', /lacks one of < <= > >= = !=/],
    ['a < c', /there is no "c"; there is a, b/],
    ['a < b < 3', /"<" is one too many/],
    ['(a < b', /a bracket is not closed/],
    ['a < process.exit()', /there is no "process\.exit"/],
    ['a < 3; b', /"; b" is not understood/],
    ['a < ', /ends too early/],
  ])('refuses the constraint %s', (where, says) => {
    expect(error(() => ParameterSpace.parse(['a=1..3', 'b=1..3'], [where]))).toMatch(says);
  });
});

describe('samplers', () => {
  const drawn = (seed: number, trials: number, texts: readonly string[], where: readonly string[] = []) => [
    ...randomSampling({ space: ParameterSpace.parse(texts, where), seed, trials, batch: 8 }).next().value!,
  ];

  it('random: as many different points as are asked for, within the constraints, decided by the seed', () => {
    const texts = ['a=1..100', 'rate=0.001..1:log', 'mode=x,y'];
    const points = drawn(7, 200, texts, ['a < 50']);
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(200);
    expect(points.every(({ a }) => Number(a) < 50)).toBe(true);
    expect(points).toEqual(drawn(7, 200, texts, ['a < 50']));
    expect(points).not.toEqual(drawn(8, 200, texts, ['a < 50']));
    // Half of a logarithmic scale from 0.001 to 1 is below 0.0316.
    const low = points.filter(({ rate }) => Number(rate) < 0.0316).length;
    expect(low).toBeGreaterThan(70);
    expect(low).toBeLessThan(130);
  });

  it('random: ends when a space has no more points', () => {
    expect(drawn(1, 100, ['a=1..4', 'b=x,y'])).toHaveLength(8);
    expect(drawn(1, 100, ['a=1..4'], ['a > 9'])).toHaveLength(0);
  });

  it('grid: every point, in one round', () => {
    const sampling = gridSampling({ space: ParameterSpace.parse(['a=1..4']), seed: 1, trials: 3, batch: 8 });
    expect([...sampling.next().value!]).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
    expect(sampling.next([]).done).toBe(true);
  });
});
