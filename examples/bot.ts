import { type RunnerInput, StrategyRunner, silentLogger } from '@alpha-engine/core';
import { gmoAdapter } from '@alpha-engine/gmo-adapter';
import { maCross } from '@alpha-engine/strategies';

const clock = { now: () => Date.now() };
const endpoints = process.env.REST_BASE_URL ? { restBaseUrl: process.env.REST_BASE_URL } : {};
const feed = gmoAdapter.marketFeed({ endpoints, logger: silentLogger, marketClock: clock, wallClock: clock });
const market = { exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1s' } as const;
const instance = { ...market, strategy: maCross, params: { fast: 3, slow: 8 }, codeHash: 'bot' };
const runner = new StrategyRunner({ instances: [instance], nextBatch: 1 });

for await (const batch of feed.subscribe({ symbols: ['BTC_JPY'] }, new AbortController().signal)) {
  const inputs = batch.map((event) => ({ kind: event.type === 'status' ? 'status' : 'market', event }) as RunnerInput);
  for (const { event } of runner.step(inputs).signals) console.log(event.action, event.price_ref, event.meta?.reason);
}
