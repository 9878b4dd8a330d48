import { LatencyMeter } from '@alpha-engine/core/process';
import { delaysOf, parseLatencyFile } from '@alpha-engine/core/simulation';
import { expect, it } from 'vitest';

const at = (marketTs: number) => [marketTs, marketTs + 5_000];

it('measures every leg from what an execution brain logged', () => {
  const meter = new LatencyMeter();
  meter.take([
    { kind: 'quote', at: at(1_030), symbol: 'BTC', ts: 1_000, bid: 1, ask: 2 },
    { kind: 'quote', at: at(1_990), symbol: 'BTC', ts: 2_000, bid: 1, ask: 2 },
    { kind: 'submitting', at: at(2_000), clientOrderId: 'a' },
    { kind: 'accepted', at: at(2_090), clientOrderId: 'a', exchangeOrderId: '1' },
    { kind: 'order_update', at: at(2_100), order: { exchangeOrderId: '1', orderTs: 2_040 } },
    { kind: 'fill_update', at: at(2_120), fill: { exchangeOrderId: '1', ts: 2_050 } },
  ]);
  // The message before the answer, and a resting order that fills long after it.
  meter.take([
    { kind: 'submitting', at: at(3_000), clientOrderId: 'b' },
    { kind: 'fill_update', at: at(3_060), fill: { exchangeOrderId: '2', ts: 3_020 } },
    { kind: 'accepted', at: at(3_100), clientOrderId: 'b', exchangeOrderId: '2' },
    { kind: 'submitting', at: at(4_000), clientOrderId: 'c' },
    { kind: 'accepted', at: at(4_100), clientOrderId: 'c', exchangeOrderId: '3' },
    { kind: 'fill_update', at: at(9_050), fill: { exchangeOrderId: '3', ts: 9_000 } },
  ]);
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
