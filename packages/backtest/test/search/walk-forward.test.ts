import { type Bar, Decimal, defineStrategy, type Strategy } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PriceSketch } from '../../src/index.js';
import {
  ParameterSpace,
  parseObjective,
  parseWalkForward,
  refusals,
  runPoint,
  runWalkForward,
  SharedBars,
  stitchedResult,
  type TrialOptions,
  trialsHere,
  walkForwardWindows,
} from '../../src/search/index.js';
import { runAndClose } from '../../src/search/run-trial.js';
import { barsOf, DAY_MS, instrumentOf, START_TS } from '../support/play.js';
import { sharedWaves, turnsOptions } from './support/turns.js';

const days = (from: number, to: number) => ({ from: START_TS + from * DAY_MS, to: START_TS + to * DAY_MS });

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

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
      data: bars,
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
      const { result: tested } = runAndClose(bars, { ...options, cash }, best.point, window.test);
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

  it('closes what is open at the end of a test, with fee and slippage, and counts it as a trade', async () => {
    const bars = await sharedWaves(60);
    const instruments = [{ ...instrumentOf(), takerFeeRate: Decimal.of('0.001') }];
    const options: TrialOptions = {
      ...turnsOptions(),
      instruments,
      fill: { model: 'bar-path', slippage: 0.01, slippageOn: 'all' },
    };
    // Enters at the close of every tenth bar, and holds beyond the end of either test.
    const point = { every: 10, hold: 9 };
    const windows = walkForwardWindows({ trainMs: 20 * DAY_MS, testMs: 15 * DAY_MS, anchored: false }, days(0, 60));
    const space = ParameterSpace.parse(['every=10', 'hold=9']);
    const { outOfSample, windows: walked } = await runWalkForward({
      windows,
      data: bars,
      options,
      search: {
        ...{ space, sampler: 'grid', seed: 1, trials: 1, objective: parseObjective('finalEquity') },
        ...{ runner: trialsHere(bars, options), refusalOf: refusals(options) },
      },
    });
    const valued = runPoint(bars, options, point, windows[0]?.test);
    const [open] = valued.openTrades;
    if (open === undefined) throw new Error('Nothing was open when the first test ended.');
    const price = open.exitPrice.toNumber();
    const cost = price * 0.01 + price * 0.99 * 0.001;
    const [first] = walked;
    expect(first?.outOfSample).toMatchObject({ closedAtEnd: 1 });
    const { metrics, openTrades, trades } = first?.outOfSample?.result ?? valued;
    expect(openTrades).toEqual([]);
    expect(trades.at(-1)?.closedTs).toBe(windows[0]?.test.to);
    expect(metrics.trades).toBe(valued.metrics.trades + 1);
    expect(metrics.finalEquity).toBeCloseTo(valued.metrics.finalEquity - cost, 6);
    expect(metrics.feesPaid).toBeCloseTo(valued.metrics.feesPaid + price * 0.99 * 0.001, 6);
    const second = walked[1]?.outOfSample?.result;
    expect(second?.metrics.initialEquity).toBe(metrics.finalEquity);
    expect(outOfSample.metrics.trades).toBe(metrics.trades + (second?.metrics.trades ?? 0));

    const whole = { windows: walked, outOfSample, stopped: false };
    const sketch = new PriceSketch({ from: windows[0]!.test.from, to: windows[1]!.test.to });
    for (const batch of bars.bars()) for (const bar of batch) sketch.take(bar);
    const one = stitchedResult(whole, options, sketch.prices(), []);
    expect(one.bars).toBe(30);
    expect(one.trades).toHaveLength(outOfSample.metrics.trades);
    const results = [metrics, second!.metrics];
    const traded = results.map(
      ({ turnover, years }, index) => turnover! * years! * mean(walked[index]!.outOfSample!.result.curve.values),
    );
    expect(one.metrics).toMatchObject({
      initialEquity: 10_000,
      finalEquity: second!.metrics.finalEquity,
      feesPaid: metrics.feesPaid + second!.metrics.feesPaid,
      exposure: (metrics.exposure! + second!.metrics.exposure!) / 2,
      turnover: (traded[0]! + traded[1]!) / mean(outOfSample.curve.values) / outOfSample.metrics.years!,
    });
    const [first1, last1] = [bars.indexOf(windows[0]!.test.from), bars.indexOf(windows[1]!.test.to) - 1];
    const closes = [first1, last1].map((at) => [...bars.bars(at, at + 1)][0]![0]!.close);
    expect(one.metrics.buyAndHoldReturn).toBeCloseTo(closes[1]! / closes[0]! - 1, 12);
  });

  it('warms a strategy up in all its timeframes, of all symbols, as a run over all data would', async () => {
    const strategy = defineStrategy({
      name: 'two-timeframes',
      params: z.object({}),
      create: () => {
        let weeks = 0;
        return {
          warmup: 2,
          timeframes: {
            '1w': {
              warmup: 3,
              onBar: () => {
                weeks += 1;
              },
            },
          },
          onBar(_bar, ctx) {
            if (weeks >= 3) ctx.enterLong();
          },
        };
      },
    }) as unknown as Strategy;
    const symbols = ['ABC', 'XYZ'];
    const rows = Array.from({ length: 60 }, () => [100, 101, 99, 100] as const);
    const both = symbols.map((symbol) => barsOf(rows, symbol));
    const mixed = rows.flatMap((_, index) => both.map((bars) => bars[index] as Bar));
    const bars = await SharedBars.read({ bars: () => [mixed], provenance: () => [] });
    const options: TrialOptions = {
      ...turnsOptions(),
      instruments: symbols.map((symbol) => instrumentOf('leverage', symbol)),
      instances: symbols.map((symbol) => ({
        ...{ strategy, params: {}, exchange: 'gmo', symbol, timeframe: '1d', codeHash: 'test' },
      })),
    };
    const { orders } = runPoint(bars, options, {}, days(40, 50));
    // Decided at the first close, traded at the next open.
    expect(orders.map(({ terms }) => [terms.symbol, (terms.createdTs - START_TS) / DAY_MS])).toEqual([
      ['ABC', 41],
      ['XYZ', 41],
    ]);
  });
});
