import type { TimedExecutorInput } from '@alpha-engine/core';
import { LatencyMeter } from '@alpha-engine/core/process';
import { delaysOf, parseLatencyFile } from '@alpha-engine/core/simulation';
import { expect, it } from 'vitest';
import { logExecutorInputs } from '../../src/record/execution-log.js';

const at = (marketTs: number) => ({ marketTs, wallTs: marketTs + 5_000 });
const quote = (marketTs: number, ts: number) => ({
  ...{ kind: 'quote', at: at(marketTs) },
  event: { type: 'ticker', exchange: 'test', symbol: 'BTC', ts, data: { bid: 1, ask: 2 } },
});

/** As the execution brain keeps them. */
function row(inputs: readonly object[]) {
  return { inputs: logExecutorInputs(inputs as TimedExecutorInput[]), events: [] };
}

it('measures every leg from what an execution brain logged', () => {
  const meter = new LatencyMeter();
  meter.take(
    row([
      quote(1_030, 1_000),
      { kind: 'clock', at: at(1_040) },
      quote(1_990, 2_000),
      { kind: 'submitting', at: at(2_000), clientOrderId: 'a' },
      { kind: 'accepted', at: at(2_090), clientOrderId: 'a', exchangeOrderId: '1' },
      { kind: 'order_update', at: at(2_100), order: { exchangeOrderId: '1', orderTs: 2_040 } },
      { kind: 'fill_update', at: at(2_120), fill: { exchangeOrderId: '1', ts: 2_050 } },
    ]),
  );
  // The message before the answer, and a resting order that fills long after it.
  meter.take(
    row([
      { kind: 'submitting', at: at(3_000), clientOrderId: 'b' },
      { kind: 'fill_update', at: at(3_060), fill: { exchangeOrderId: '2', ts: 3_020 } },
      { kind: 'accepted', at: at(3_100), clientOrderId: 'b', exchangeOrderId: '2' },
      { kind: 'submitting', at: at(4_000), clientOrderId: 'c' },
      { kind: 'accepted', at: at(4_100), clientOrderId: 'c', exchangeOrderId: '3' },
      { kind: 'fill_update', at: at(9_050), fill: { exchangeOrderId: '3', ts: 9_000 } },
    ]),
  );
  const found = meter.result();
  expect(found.measured).toEqual({
    samples: { feed: 2, order: 2, answer: 5 },
    negative: { feed: 1, order: 0, answer: 0 },
  });
  const ends = ({ feed, order, answer }: typeof found) =>
    [feed, order, answer].map((leg) =>
      leg.kind === 'quantiles' ? [leg.points[0]?.[1], leg.points.at(-1)?.[1]] : null,
    );
  expect(ends(found)).toEqual([
    [0, 30],
    [20, 40],
    [40, 80],
  ]);
  const draw = delaysOf(parseLatencyFile(JSON.stringify(found), 'measured'), 'order');
  for (let index = 0; index < 100; index++) {
    const drawn = draw();
    expect(drawn >= 20 && drawn <= 40).toBe(true);
  }
});

it('takes what was not measured as assumed', () => {
  expect(new LatencyMeter().result()).toMatchObject({
    order: { kind: 'constant', ms: 100 },
    measured: { samples: { feed: 0, order: 0, answer: 0 } },
  });
});
