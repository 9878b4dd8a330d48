import { expect, it } from 'vitest';
import { newStream } from '../../src/adapter/feed-stream.js';
import { lookAtStream } from '../../src/adapter/look-at-stream.js';

const LIMITS = { floorMs: 1_000, initialMs: 1_000, ceilingMs: 1_000 };
const TIMINGS = { resubscribeMs: 5_000, resubscribeMaxMs: 20_000 };

it('tells silence once, subscribes again ever more rarely, and tells when data are back', () => {
  const stream = newStream('BTC_JPY', 'orderbook', LIMITS, 0);
  const told: string[] = [];
  const lookUntil = (from: number, to: number) => {
    for (let now = from; now <= to; now += 500) {
      const look = lookAtStream(stream, now, TIMINGS);
      if (look !== null) told.push(`${now} ${look}`);
    }
  };
  // Not asked for yet: no silence.
  lookUntil(0, 10_000);
  expect(told).toEqual([]);
  stream.asked = true;
  stream.watch.restart(10_000);
  lookUntil(10_000, 60_000);
  expect(told).toEqual(['11500 silent', '16500 again', '26500 again', '46500 again']);
  stream.received++;
  lookUntil(60_500, 61_000);
  expect(told.at(-1)).toBe('60500 back');
  // The next silence begins with the short wait.
  lookUntil(61_500, 67_000);
  expect(told.slice(5)).toEqual(['62000 silent', '67000 again']);
});
