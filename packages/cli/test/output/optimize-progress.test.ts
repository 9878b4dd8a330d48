import type { JudgedTrial, SearchState } from '@alpha-engine/backtest/search';
import { describe, expect, it } from 'vitest';
import { progressLine } from '../../src/output/optimize-progress.js';

const point = { fast: 10, slow: 120 };
const best: JudgedTrial = {
  ...{ index: 0, point, value: 0.372934, standing: 'found', unmet: [] },
  outcome: { failed: 'threw', message: '' },
};
const state: SearchState = { finished: 12, known: 2, failed: 3, total: 60, best };

describe('the line of a search on a terminal', () => {
  it.each<[width: number, line: string]>([
    [
      120,
      '====---------------- 12 of 60 trials, 3 failed | 0.5/s | 1 min 36 s left | best 0.37293 with fast=10 slow=120',
    ],
    [80, '==----------- 12 of 60 trials, 3 failed | 1 min 36 s left | best 0.37293 with …'],
    [60, '12 of 60 trials, 3 failed | 1 min 36 s left | best 0.37293…'],
  ])('fits %i columns', (width, line) => {
    expect(progressLine(state, 20, width)).toBe(line);
    expect(progressLine(state, 20, width).length).toBeLessThan(width);
  });

  it('says nothing that it does not know', () => {
    expect(progressLine({ ...state, failed: 0, finished: 2, total: null, best: null }, 1, 80)).toBe(
      '------------- 2 of ? trials',
    );
  });
});
