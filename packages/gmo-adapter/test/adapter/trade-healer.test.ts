import { type StatusEvent, silentLogger, type TradeEvent } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { TradeHealer } from '../../src/adapter/trade-healer.js';

const trade = (ts: number): TradeEvent => ({
  ...{ type: 'trade', exchange: 'gmo', symbol: 'BTC', ts },
  data: { price: 100, size: 1, side: 'buy' },
});

it('tells a gap where a doubt lies further back than REST was read in time, though later trades are known', async () => {
  const told: StatusEvent['data'][] = [];
  const healer = new TradeHealer({
    symbol: 'BTC',
    published: [trade(10_000), trade(60_000)],
    history: {
      tradesSince: async () => ({ trades: [], newestTs: 60_000, oldestTs: 50_000, reaches: 'limit', rows: [] }),
    },
    timings: { settleMs: 0, rereadMs: 0, untoldMs: 1_000, backfillMs: 1_000 },
    now: () => 70_000,
    logger: silentLogger,
    out: { trade: () => undefined, status: (data) => told.push(data), backfilled: () => undefined },
  });
  healer.opened();
  await healer.check(40_000);
  expect(told).toContainEqual(expect.objectContaining({ state: 'gap', from_ts: 40_000, to_ts: 50_000 }));
});
