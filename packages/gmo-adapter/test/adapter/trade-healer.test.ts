import { type StatusEvent, silentLogger, type TradeEvent } from '@alpha-engine/core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TradesSince } from '../../src/adapter/market-history.js';
import { TradeHealer } from '../../src/adapter/trade-healer.js';

const trade = (ts: number): TradeEvent => ({
  ...{ type: 'trade', exchange: 'gmo', symbol: 'BTC', ts },
  data: { price: 100, size: 1, side: 'buy' },
});

/** What REST answers, and from where on it was asked. */
let answer: () => Promise<TradesSince>;
let asked: number[];
let told: StatusEvent['data'][];
let passed: number[];
const gaps = () => told.filter(({ state }) => state === 'gap');

function healerAfter(...published: readonly number[]): TradeHealer {
  return new TradeHealer({
    symbol: 'BTC',
    published: published.map(trade),
    history: {
      tradesSince: (_symbol, from) => {
        asked.push(from);
        return answer();
      },
    },
    timings: { settleMs: 0, rereadMs: 0, untoldMs: 1_000, backfillMs: 0 },
    now: () => 70_000,
    logger: silentLogger,
    out: { trade: ({ ts }) => passed.push(ts), status: (data) => told.push(data), backfilled: () => undefined },
  });
}

beforeEach(() => {
  [asked, told, passed] = [[], [], []];
  answer = async () => ({ trades: [], newestTs: 60_000, oldestTs: 0, reaches: 'from' });
});

describe('a doubt further back than the last trade', () => {
  it('is a gap where REST was not read so far in time', async () => {
    const healer = healerAfter(10_000, 60_000);
    answer = async () => ({ trades: [], newestTs: 60_000, oldestTs: 50_000, reaches: 'limit' });
    healer.opened(null);
    await healer.check(40_000);
    expect(gaps()).toMatchObject([{ from_ts: 40_000, to_ts: 50_000 }]);
  });

  it('is a gap where REST was not read at all', async () => {
    const healer = healerAfter(10_000, 60_000);
    answer = () => Promise.reject(new Error('It is away.'));
    healer.opened(null);
    expect(await healer.check(40_000)).toBe('unknown');
    expect(gaps()).toMatchObject([{ from_ts: 40_000, to_ts: 70_000 }]);
  });

  it('is a gap where more came since than can be compared', async () => {
    const healer = healerAfter(50_000, 60_000);
    healer.opened(null);
    await healer.check(40_000);
    expect(gaps()).toMatchObject([{ from_ts: 40_000, to_ts: 50_000 }]);
  });

  it('is read from there though what came later was compared already, and from then on is compared, too', async () => {
    const healer = healerAfter(10_000, 60_000);
    healer.opened(null);
    answer = async () => ({ trades: [trade(60_000)], newestTs: 60_000, oldestTs: 0, reaches: 'from' });
    await healer.check();
    answer = async () => ({ trades: [trade(45_000), trade(60_000)], newestTs: 60_000, oldestTs: 0, reaches: 'from' });
    expect(await healer.check(40_000)).toBe('missed');
    expect(passed).toEqual([45_000]);
    await healer.check(41_000);
    expect(asked).toEqual([59_000, 39_000, 59_000]);
    expect(gaps()).toEqual([]);
  });

  it('that arises while REST is read is read next, the earliest of them', async () => {
    const healer = healerAfter(10_000, 60_000);
    healer.opened(null);
    await Promise.all([healer.check(), healer.check(50_000), healer.check(40_000)]);
    expect(asked).toEqual([59_000, 39_000]);
  });

  it('is taken along to the next connection', async () => {
    const healer = healerAfter(10_000, 60_000);
    healer.opened(null);
    healer.closed();
    expect(await healer.check(45_000)).toBe('unknown');
    healer.opened(40_000);
    healer.asked();
    await healer.check();
    expect(asked[0]).toBe(39_000);
  });

  it('is none before the first trade of all: nothing is owed from before', async () => {
    const healer = healerAfter();
    healer.opened(null);
    healer.asked();
    expect(healer.holds(trade(10_000))).toBe(false);
    expect(await healer.check(9_998)).toBe('whole');
    expect(told.map(({ state }) => state)).toEqual(['subscribed']);
  });

  it('is a gap of a joined channel where more came than is remembered, and ends with what REST tells', async () => {
    const healer = healerAfter();
    healer.opened(null);
    healer.asked();
    for (let ts = 10_000; ts < 20_000; ts++) healer.holds(trade(ts));
    await healer.check(11_000);
    expect(told.map(({ state }) => state)).toEqual(['subscribed', 'gap', 'resynced']);
    expect(gaps()).toMatchObject([{ from_ts: 11_000, to_ts: 11_808 }]);
  });
});
