import { MetricsRegistry } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { FeedFiguresReader, quantile } from '../../src/services/feed-figures.js';
import { FeedStates } from '../../src/services/feed-states.js';

const EXCHANGE = { exchange: 'gmo' };
const TRADES = { ...EXCHANGE, symbol: 'BTC', channel: 'trade' };

it('reads what the metrics say, and how fast they grew in the last ten seconds', () => {
  const metrics = new MetricsRegistry();
  const reader = new FeedFiguresReader({ symbols: ['BTC'], states: { of: () => 'live' } });
  const read = (now: number) => reader.read(metrics.samples(), now);
  expect(read(0).channels.map(({ channel, messages, perSecond }) => [channel, messages, perSecond])).toEqual([
    ['trade', 0, null],
    ['ticker', 0, null],
    ['orderbook', 0, null],
  ]);
  metrics.count('alpha_feed_messages_total', 500, TRADES);
  metrics.set('alpha_feed_data_age_seconds', 0.5, TRADES);
  metrics.set('alpha_feed_last_lag_seconds', 0.02, TRADES);
  metrics.count('alpha_bus_dropped_events_total', 3, { stream: 'md:trade' });
  metrics.count('alpha_feed_dropped_events_total', 4, TRADES);
  metrics.count('alpha_feed_disconnects_total', 1, EXCHANGE);
  metrics.count('alpha_bus_published_events_total', 500);
  for (let n = 0; n < 10; n++) metrics.observe('alpha_bus_publish_seconds', 0.002);
  const { channels, totals } = read(5_000);
  expect(channels[0]).toMatchObject({
    messages: 500,
    perSecond: 100,
    ageSeconds: 0.5,
    lagSeconds: 0.02,
    state: 'live',
  });
  expect(totals).toMatchObject({ dropped: 7, reconnects: 1, published: 500, publishedPerSecond: 100 });
  expect(totals.publishP50Seconds).toBeCloseTo(0.00175);
  for (let now = 6_000; now <= 16_000; now += 1_000) read(now);
  expect(read(17_000)).toMatchObject({ totals: { publishedPerSecond: 0, publishP99Seconds: null } });
});

it('interpolates a quantile between the bounds of its bucket', () => {
  const none = { sum: 0, buckets: [] };
  const some = {
    sum: 0,
    buckets: [
      { le: 1, count: 50 },
      { le: 2, count: 100 },
      { le: 10, count: 100 },
    ],
  };
  expect(quantile(some, none, 0.5)).toBe(1);
  expect(quantile(some, none, 0.75)).toBe(1.5);
  expect(quantile(some, none, 1)).toBe(2);
  expect(quantile(some, some, 0.5)).toBeNull();
});

it('tells of each channel what its feed last said', () => {
  const states = new FeedStates({ subscribe: async function* () {} });
  const say = (symbol: string, data: Parameters<FeedStates['apply']>[0]['data']) =>
    states.apply({ type: 'status', exchange: 'gmo', symbol, ts: 0, data });
  const now = () => [states.of('BTC', 'trade'), states.of('BTC', 'ticker')];
  expect(now()).toEqual(['disconnected', 'disconnected']);
  say('*', { state: 'connected' });
  expect(now()).toEqual(['waiting', 'waiting']);
  say('BTC', { state: 'subscribed', channel: 'trade' });
  say('BTC', { state: 'degraded', channel: 'ticker' });
  expect(now()).toEqual(['live', 'refused']);
  say('BTC', { state: 'stale', channel: 'trade' });
  say('BTC', { state: 'gap', channel: 'trade' });
  expect(now()).toEqual(['stale', 'refused']);
  say('BTC', { state: 'resynced', channel: 'trade' });
  say('*', { state: 'maintenance' });
  expect(now()).toEqual(['maintenance', 'maintenance']);
  say('*', { state: 'open' });
  expect(now()).toEqual(['live', 'refused']);
  say('*', { state: 'disconnected' });
  expect(now()).toEqual(['disconnected', 'disconnected']);
});
