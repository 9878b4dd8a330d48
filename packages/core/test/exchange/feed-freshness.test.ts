import { FeedFreshness, type MarketFeed, type StatusEvent } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { tradeOf } from '../../src/testing/store-records.js';

const T0 = Date.UTC(2026, 8, 23);
const at = (second: number) => `2026-09-23T00:00:0${second}.000Z`;
const status = (second: number, data: StatusEvent['data'], symbol = '*') =>
  ({ type: 'status', exchange: 'gmo', symbol, ts: T0 + second * 1_000, data }) as const;

test('says which symbol nothing came of and since when, which channel is in trouble, and why; a backfill is no sign of life', async () => {
  const trade = { ...tradeOf(1), recv_ts: T0 };
  const later = { ...trade, recv_ts: T0 + 1_000 };
  const reasons: (readonly string[])[] = [];
  const look = () => reasons.push(fresh.silent());
  const feed: MarketFeed = {
    async *subscribe() {
      look();
      yield [status(0, { state: 'connected' }), trade, later];
      look();
      const reason = 'Nothing for 16 s; 15 s are usual at most.';
      yield [status(2, { state: 'stale', channel: 'orderbook', reason }, 'BTC_JPY'), { ...trade, symbol: 'ETH' }];
      look();
      yield [status(3, { state: 'stale', channel: 'orderbook', reason: 'Still.' }, 'BTC_JPY')];
      look();
      yield [status(4, { state: 'resynced', channel: 'orderbook' }, 'BTC_JPY')];
      look();
      yield [status(5, { state: 'disconnected', reason: 'It was cut.' }), { ...trade, origin: 'backfill' as const }];
      look();
      yield [status(6, { state: 'maintenance', reason: 'The exchange is in maintenance.' })];
      look();
      yield [status(7, { state: 'open' }), status(8, { state: 'connected' }), trade, { ...trade, symbol: 'ETH' }];
      look();
    },
  };
  const symbols = ['BTC_JPY', 'ETH'];
  const fresh = new FeedFreshness({ feed, symbols });
  const batches = [];
  for await (const batch of fresh.subscribe({ symbols }, new AbortController().signal)) batches.push(batch.length);
  expect(batches).toEqual([3, 2, 1, 1, 2, 1, 4]);
  const stale = `BTC_JPY: its order book is stale since ${at(2)}; said then: Nothing for 16 s; 15 s are usual at most.`;
  expect(reasons).toEqual([
    ['No data of BTC_JPY has come yet.', 'No data of ETH has come yet.'],
    [`No data of ETH has come yet. Last word of its feed: connected, at ${at(0)}.`],
    [stale],
    [stale],
    [],
    [
      `No data of BTC_JPY has come since ${at(1)}. Last word of its feed: disconnected, at ${at(5)}; said then: It was cut.`,
      `No data of ETH has come since ${at(0)}. Last word of its feed: disconnected, at ${at(5)}; said then: It was cut.`,
    ],
    ['The exchange is in maintenance.'],
    [],
  ]);
});
