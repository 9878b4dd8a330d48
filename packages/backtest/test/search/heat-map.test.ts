import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/index.js';
import { heatMap, type JudgedTrial } from '../../src/search/index.js';

const trial = (index: number, point: JudgedTrial['point'], value: number | null): JudgedTrial => ({
  index,
  point,
  value,
  standing: value === null ? 'not available' : 'found',
  unmet: [],
  outcome: { failed: 'threw', message: '' },
});
const markup = (trials: readonly JudgedTrial[]) => String(heatMap(trials, 'sharpe').body({} as Report));
const cells = (text: string) => [...text.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, inside]) => inside);

describe('the map of a search', () => {
  it('has a cell for every pair of values: the mean over the other parameters, a sign where nothing was found', () => {
    const text = markup([
      trial(0, { slow: 30, fast: 5, mode: 'a<b' }, 2),
      trial(1, { slow: 30, fast: 5, mode: 'x' }, 1),
      trial(2, { slow: 4, fast: 9, mode: 'x' }, -3),
      trial(3, { slow: 30, fast: 9, mode: 'x' }, null),
    ]);
    expect(cells(text).slice(0, 4)).toEqual(['', '\u22123.00', '1.50', '–']);
    expect(text).toContain('class="num loss" style="--heat:1.00"');
    expect(text).toContain('class="num gain best" style="--heat:0.50"');
    expect(text).toContain(
      '<span class="num">\u22123.00</span><span class="colours" style="--below:1.00;--above:0.50;--zero:66.7%">',
    );
    expect(text).toContain('a&lt;b');
    expect(text.match(/<table/g)).toHaveLength(3);
  });

  it('uses all of a colour where every figure is on one side of zero', () => {
    const strengths = (values: readonly number[]) =>
      [
        ...markup(values.map((value, a) => trial(a, { a, b: 1 }, value))).matchAll(
          /num (gain|loss).*?--heat:([\d.]+)/g,
        ),
      ].map(([, tone, heat]) => `${tone} ${heat}`);
    expect(strengths([9_000, 9_500, 10_000])).toEqual(['gain 0.00', 'gain 0.50', 'gain 1.00']);
    expect(strengths([-0.1, -0.2, -0.3])).toEqual(['loss 0.00', 'loss 0.50', 'loss 1.00']);
    expect(strengths([5, 5])).toEqual(['gain 0.50', 'gain 0.50']);
  });

  it('says of what failed that it did, and shows a single parameter as a column', () => {
    const failed: JudgedTrial = { ...trial(1, { a: 2 }, null), standing: 'failed' };
    expect(cells(markup([trial(0, { a: 1 }, 1), failed]))).toEqual(['1.00', '×']);
    expect(markup([failed])).not.toContain('class="scale"');
    expect(heatMap([], 'sharpe').body({} as Report)).toBeNull();
  });

  it('puts many values together', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      trial(index, { a: index / 7, b: (index * 37) % 200 }, index),
    );
    expect(cells(markup(many))).toHaveLength(144);
    expect(markup(many)).toContain('<th scope="row">0–2.143</th>');
  });
});
