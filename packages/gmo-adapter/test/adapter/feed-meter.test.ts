import { MetricsRegistry } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { FeedMeter } from '../../src/adapter/feed-meter.js';
import { newStream } from '../../src/adapter/feed-stream.js';

it('tells the age of the data from the last event, whatever restarts the watch; from the start when none came', () => {
  const metrics = new MetricsRegistry();
  const stream = newStream('BTC_JPY', 'orderbook', { floorMs: 1_000, initialMs: 1_000, ceilingMs: 1_000 }, 0);
  const meter = new FeedMeter(metrics, [stream], 0);
  const ageAt = (now: number) => {
    meter.look(now);
    meter.sample(now, 0, 0);
    return metrics.samples().find(({ name }) => name === 'alpha_feed_data_age_seconds')?.value;
  };
  stream.watch.restart(5_000);
  expect(ageAt(6_000)).toBe(6);
  stream.received = 3;
  meter.look(7_000);
  stream.watch.restart(20_000);
  expect(ageAt(20_000)).toBe(13);
});
