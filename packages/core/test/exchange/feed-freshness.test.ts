import { FeedFreshness, ManualClock, type MarketFeed } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { tradeOf } from '../../src/testing/store-records.js';

const status = (state: 'connected' | 'disconnected') =>
  ({ type: 'status', exchange: 'gmo', symbol: '*', ts: 0, data: { state } }) as const;

test('says which symbol is silent, for how long, and what was told of it; a backfill is no sign of life', async () => {
  const wallClock = new ManualClock(50_000);
  const trade = { ...tradeOf(1), recv_ts: 0 };
  const reasons: (readonly string[])[] = [];
  const feed: MarketFeed = {
    async *subscribe() {
      reasons.push(fresh.silent(2000));
      yield [status('connected'), trade];
      wallClock.advance(2000);
      reasons.push(fresh.silent(2000));
      wallClock.advance(500);
      yield [status('disconnected')];
      reasons.push(fresh.silent(2000));
      yield [{ ...trade, origin: 'backfill' as const }];
      reasons.push(fresh.silent(2000));
    },
  };
  const symbols = ['BTC_JPY', 'ETH'];
  const fresh = new FeedFreshness({ feed, symbols, wallClock });
  const batches = [];
  for await (const batch of fresh.subscribe({ symbols }, new AbortController().signal)) batches.push(batch.length);
  expect(batches).toEqual([2, 1, 1]);
  const eth = 'No data of ETH has come yet.';
  const late = 'No data of BTC_JPY has come for 2.5 s. Last word of its feed: disconnected.';
  expect(reasons).toEqual([
    ['No data of BTC_JPY has come yet.', eth],
    [`${eth} Last word of its feed: connected.`],
    [late, `${eth} Last word of its feed: disconnected.`],
    [late, `${eth} Last word of its feed: disconnected.`],
  ]);
});
