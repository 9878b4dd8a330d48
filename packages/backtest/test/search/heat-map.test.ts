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
  it('has a cell for every pair of values: the mean over the other parameters, a dot where nothing was found', () => {
    const text = markup([
      trial(0, { slow: 30, fast: 5, mode: 'a<b' }, 2),
      trial(1, { slow: 30, fast: 5, mode: 'x' }, 1),
      trial(2, { slow: 4, fast: 9, mode: 'x' }, -3),
      trial(3, { slow: 30, fast: 9, mode: 'x' }, null),
    ]);
    expect(cells(text).slice(0, 4)).toEqual(['·', '-3', '1.5', '·']);
    expect(text).toContain('class="num loss" style="--heat:1.00"');
    expect(text).toContain('a&lt;b');
    expect(text.match(/<table/g)).toHaveLength(3);
  });

  it('puts many values together, and shows nothing of one parameter', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      trial(index, { a: index / 7, b: (index * 37) % 200 }, index),
    );
    expect(cells(markup(many))).toHaveLength(144);
    expect(heatMap([trial(0, { a: 1 }, 1)], 'sharpe').body({} as Report)).toBeNull();
  });
});
