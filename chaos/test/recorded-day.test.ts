import type { StatusEvent, TradeEvent } from '@alpha-engine/core';
import type { SimulatorStats } from '@alpha-engine/gmo-adapter/simulator';
import { describe, expect, test } from 'vitest';
import { Random } from '../random.js';
import type { ArchivedDay } from '../recorded-day/archived-day.js';
import { checkMemory } from '../recorded-day/check-processes.js';
import { checkSeries } from '../recorded-day/check-series.js';
import { checkOrder, checkTrades } from '../recorded-day/check-trades.js';
import type { DayMarket } from '../recorded-day/day-market.js';
import { drawSchedule } from '../recorded-day/schedule.js';

const market = (count: number): DayMarket => ({
  ...{ path: '', told: '', startTs: 0, lengthMs: count * 1_000 },
  trades: Array.from({ length: count }, (_, index) => ({ ts: index * 1_000, price: 100, size: 1, side: 'buy' })),
});

function archived({ trades }: DayMarket, statuses: StatusEvent['data'][] = [], toldAt = 0): ArchivedDay {
  const events = trades.map(
    ({ ts, price, size, side }, index): TradeEvent => ({
      ...{ type: 'trade', exchange: 'gmo', symbol: 'BTC', ts, seq: index + 1 },
      data: { price, size, side },
    }),
  );
  return {
    trades: events,
    statuses: statuses.map((data) => ({ type: 'status', exchange: 'gmo', symbol: 'BTC', ts: toldAt, data })),
    seqs: { trade: events.map(({ seq = 0 }) => seq), orderbook: [], ticker: [], status: [] },
    damage: [],
  };
}

const without = (day: ArchivedDay, index: number): ArchivedDay => ({ ...day, trades: day.trades.toSpliced(index, 1) });

describe('the archive of a recorded day', () => {
  test('holds when it has every trade, and not when it has one twice', () => {
    const day = archived(market(10));
    expect(checkTrades(market(10), day).problems).toEqual([]);
    const twice = { ...day, trades: [...day.trades, day.trades[4]!] };
    expect(checkTrades(market(10), twice).problems).toEqual([expect.stringMatching(/once too often/)]);
  });

  test('may lack only what was said to be missing when REST told it no more', () => {
    const long = market(10_010);
    const gap = { state: 'gap', channel: 'trade', from_ts: 2_000, to_ts: 4_000 } as const;
    const lacking = (at: number, toldAt: number) => checkTrades(long, without(archived(long, [gap], toldAt), at));
    expect(lacking(3, 10_009_000).problems).toEqual([]);
    expect(lacking(5, 10_009_000).problems).toEqual([expect.stringMatching(/nothing says so/)]);
    expect(lacking(3, 9_000_000).problems).toEqual([expect.stringMatching(/REST still told it/)]);
  });

  test('is in order but for what a fault let be overtaken', () => {
    const day = archived(market(5));
    const swapped = { ...day, trades: [0, 2, 1, 3, 4].map((index) => ({ ...day.trades[index]!, recv_ts: 5_000 })) };
    const reorder = { kind: 'reorder', begunMarketTs: 4_000, endedMarketTs: 4_500 };
    const stats = (...faults: unknown[]) => ({ faults }) as unknown as SimulatorStats;
    expect(checkOrder(swapped, stats(reorder), 1).problems).toEqual([]);
    expect(checkOrder(swapped, stats(), 1).problems).toHaveLength(1);
    const ended = { ...reorder, endedMarketTs: 3_000 };
    expect(checkOrder(swapped, stats(ended), 1).problems).toHaveLength(1);
    const slow = { kind: 'slow_reader', begunMarketTs: 2_000, endedMarketTs: 4_200 };
    expect(checkOrder(swapped, stats({ ...ended, begunMarketTs: 2_500 }, slow), 1).problems).toEqual([]);
    expect(checkOrder(swapped, stats(ended, { ...slow, begunMarketTs: 3_500 }), 1).problems).toHaveLength(1);
  });

  test('has every number once, or it was dropped', () => {
    const day = archived(market(5));
    const seqs = (...trade: number[]) => ({ ...day.seqs, trade });
    expect(checkSeries({ ...day, seqs: seqs(1, 2, 3) }).problems).toEqual([]);
    expect(checkSeries({ ...day, seqs: seqs(1, 2, 2) }).problems).toEqual(['trade 2 is there twice.']);
    const dropped = archived(market(5), [{ state: 'dropped', channel: 'trade', from_seq: 2, to_seq: 2 }]);
    expect(checkSeries({ ...dropped, seqs: seqs(1, 3) }).problems).toEqual([]);
    expect(checkSeries({ ...dropped, seqs: seqs(1, 4) }).problems).toEqual([
      'trade 3 is missing, and nothing says so.',
    ]);
  });

  test('fails when the collector grows', () => {
    const still = { firstMiB: 100, lastMiB: 101, mostMiB: 110 };
    const memory = { minutes: 30, heap: still, resident: { ...still, lastMiB: 110 } };
    expect(checkMemory(memory).problems).toEqual([]);
    const leaking = { ...memory, heap: { ...still, lastMiB: 103 } };
    expect(checkMemory(leaking).problems).toEqual(['Its heap grew by 3.0 MiB.']);
  });
});

test('the troubles of a day follow from its seed, and leave one collector alive in its middle', () => {
  const day = market(3_600);
  const schedule = drawSchedule(day, 1, new Random(7));
  expect(schedule).toEqual(drawSchedule(day, 1, new Random(7)));
  expect(schedule).not.toEqual(drawSchedule(day, 1, new Random(8)));
  expect(schedule.length).toBeGreaterThan(800);
  const hurt = schedule.filter(({ trouble }) => trouble.collector !== undefined).map(({ atMs }) => atMs);
  expect(hurt.length).toBeGreaterThan(10);
  expect(hurt.filter((atMs) => atMs > 900_000 && atMs < 2_700_000)).toEqual([]);
});
