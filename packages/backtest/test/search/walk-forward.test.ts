import { describe, expect, it } from 'vitest';
import {
  ParameterSpace,
  parseObjective,
  parseWalkForward,
  refusals,
  runPoint,
  runWalkForward,
  trialsHere,
  walkForwardWindows,
} from '../../src/search/index.js';
import { DAY_MS, START_TS } from '../support/play.js';
import { sharedWaves, turnsOptions } from './support/turns.js';

const days = (from: number, to: number) => ({ from: START_TS + from * DAY_MS, to: START_TS + to * DAY_MS });

describe('walk-forward', () => {
  it.each([
    ['train=20d,test=10d', { trainMs: 20 * DAY_MS, testMs: 10 * DAY_MS, anchored: false }],
    ['train=2w test=36h anchored', { trainMs: 14 * DAY_MS, testMs: 1.5 * DAY_MS, anchored: true }],
  ])('understands %s', (text, plan) => {
    expect(parseWalkForward(text)).toEqual(plan);
  });

  it.each(['train=20d', 'train=20,test=10', 'train=0d,test=1d', 'train=1d,test=1d,rolling', ''])(
    'does not guess %j',
    (text) => {
      expect(() => parseWalkForward(text)).toThrow(/should be two lengths such as train=90d,test=30d/);
    },
  );

  it('tests what follows the training, without gap or overlap, rolling or anchored', () => {
    const plan = { trainMs: 20 * DAY_MS, testMs: 10 * DAY_MS };
    expect(walkForwardWindows({ ...plan, anchored: false }, days(0, 45))).toEqual([
      { train: days(0, 20), test: days(20, 30) },
      { train: days(10, 30), test: days(30, 40) },
    ]);
    expect(walkForwardWindows({ ...plan, anchored: true }, days(0, 45))[1]).toEqual({
      train: days(0, 30),
      test: days(30, 40),
    });
    expect(() => walkForwardWindows({ ...plan, anchored: true }, days(0, 29))).toThrow(
      'The data cover 29 days, and one window of the walk-forward needs 30.',
    );
  });

  it('chooses in each window by the training alone, and carries the account on', async () => {
    const bars = await sharedWaves(60);
    const options = turnsOptions();
    const [first, second] = walkForwardWindows(
      { trainMs: 30 * DAY_MS, testMs: 15 * DAY_MS, anchored: false },
      days(0, 60),
    );
    const space = ParameterSpace.parse(['every=7,11', 'hold=2,5']);
    const { outOfSample, windows } = await runWalkForward({
      windows: [first!, second!],
      bars,
      options,
      search: {
        space,
        sampler: 'grid',
        seed: 1,
        trials: 100,
        objective: parseObjective('totalReturn'),
        runner: trialsHere(bars, options),
        refusalOf: refusals(options),
      },
    });
    let cash = 10_000;
    for (const [index, window] of [first!, second!].entries()) {
      const trained = [...space.grid()].map((point) => {
        return { point, worth: runPoint(bars, options, point, window.train).metrics.totalReturn as number };
      });
      const best = trained.reduce((a, b) => (b.worth > a.worth ? b : a));
      const tested = runPoint(bars, { ...options, cash }, best.point, window.test);
      expect(windows[index]).toMatchObject({
        trials: 4,
        chosen: { point: best.point, value: best.worth },
        outOfSample: { value: tested.metrics.totalReturn },
      });
      expect(tested).toMatchObject({ firstTs: window.test.from, lastTs: window.test.to, bars: 15 });
      cash = tested.metrics.finalEquity;
    }
    expect(outOfSample.curve.values.at(-1)).toBe(cash);
    expect(outOfSample.curve.values.length).toBe(31);
    expect(outOfSample.metrics.totalReturn).toBeCloseTo(cash / 10_000 - 1, 12);
  });
});
