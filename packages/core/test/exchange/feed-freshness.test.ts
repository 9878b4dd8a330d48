import { FeedFreshness, type MarketFeed, type StatusEvent } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { tradeOf } from '../../src/testing/store-records.js';

const status = (data: StatusEvent['data'], symbol = '*') =>
  ({ type: 'status', exchange: 'gmo', symbol, ts: 0, data }) as const;

test('says which symbol nothing came of, which channel is in trouble, and why; a backfill is no sign of life', async () => {
  const trade = { ...tradeOf(1), recv_ts: 0 };
  const reasons: (readonly string[])[] = [];
  const look = () => reasons.push(fresh.silent());
  const feed: MarketFeed = {
    async *subscribe() {
      look();
      yield [status({ state: 'connected' }), trade];
      look();
      const reason = 'Nothing for 16 s; 15 s are usual at most.';
      yield [status({ state: 'stale', channel: 'orderbook', reason }, 'BTC_JPY'), { ...trade, symbol: 'ETH' }];
      look();
      yield [status({ state: 'resynced', channel: 'orderbook' }, 'BTC_JPY')];
      look();
      yield [status({ state: 'disconnected' }), { ...trade, origin: 'backfill' as const }];
      look();
      yield [status({ state: 'maintenance', reason: 'The exchange is in maintenance.' })];
      look();
      yield [status({ state: 'open' }), status({ state: 'connected' }), trade, { ...trade, symbol: 'ETH' }];
      look();
    },
  };
  const symbols = ['BTC_JPY', 'ETH'];
  const fresh = new FeedFreshness({ feed, symbols });
  const batches = [];
  for await (const batch of fresh.subscribe({ symbols }, new AbortController().signal)) batches.push(batch.length);
  expect(batches).toEqual([2, 2, 1, 2, 1, 4]);
  expect(reasons).toEqual([
    ['No data of BTC_JPY has come yet.', 'No data of ETH has come yet.'],
    ['No data of ETH has come yet. Last word of its feed: connected.'],
    ['BTC_JPY: its order book is stale. Nothing for 16 s; 15 s are usual at most.'],
    [],
    [
      'No data of BTC_JPY has come yet. Last word of its feed: disconnected.',
      'No data of ETH has come yet. Last word of its feed: disconnected.',
    ],
    ['The exchange is in maintenance.'],
    [],
  ]);
});
