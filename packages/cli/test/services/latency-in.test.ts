import { ASSUMED_LATENCY, delaysOf, LEGS, NO_LATENCY } from '@alpha-engine/core/simulation';
import { describe, expect, it } from 'vitest';
import { latencyIn, withoutRecorded } from '../../src/services/latency-in.js';
import { tempFolder } from '../support/temp-folder.js';

describe('a latency as settings say it', () => {
  it('is none, assumed, or told leg by leg', async () => {
    expect(await latencyIn('none', '.')).toBe(NO_LATENCY);
    expect(await latencyIn('assumed', '.')).toBe(ASSUMED_LATENCY);
    expect(await latencyIn('order=50-150, answer=80~0.4', '.')).toEqual({
      feed: ASSUMED_LATENCY.feed,
      order: { kind: 'uniform', fromMs: 50, toMs: 150 },
      answer: { kind: 'log-normal', medianMs: 80, sigma: 0.4 },
    });
  });

  it.each([
    ['feed=recorded', true, 'assumed'],
    ['feed=recorded, order=20', true, 'order=20'],
    ['latency.json,feed=recorded', true, 'latency.json'],
    ['feed=20,order=5', false, 'feed=20,order=5'],
  ])('takes the feed from a recording where it says so: %s', (text, recordedFeed, rest) => {
    expect(withoutRecorded(text)).toEqual({ recordedFeed, rest });
  });

  it('is what a file measured', async () => {
    const points = [
      [0, 10],
      [0.5, 20],
      [1, 100],
    ];
    const legs = Object.fromEntries(LEGS.map((leg) => [leg, { kind: 'quantiles', points }]));
    const folder = await tempFolder({
      'good.json': JSON.stringify({ format: 'alpha-latency', version: 1, ...legs }),
      'bad.json': JSON.stringify({ format: 'alpha-latency', version: 1, ...legs, order: { kind: 'constant', ms: -1 } }),
      'down.json': JSON.stringify({
        ...{ format: 'alpha-latency', version: 1, ...legs },
        feed: { kind: 'quantiles', points: [...points].reverse() },
      }),
    });
    const latency = await latencyIn('good.json', folder);
    const draw = delaysOf(latency, 'order');
    const drawn = Array.from({ length: 20_000 }, draw).sort((a, b) => a - b);
    expect(drawn[0]).toBeGreaterThanOrEqual(10);
    expect(drawn.at(-1)).toBeLessThanOrEqual(100);
    expect(Math.abs((drawn[10_000] ?? 0) - 20)).toBeLessThan(1);
    const again = delaysOf(latency, 'order');
    expect(Array.from({ length: 20_000 }, again).sort((a, b) => a - b)).toEqual(drawn);
    await expect(latencyIn('bad.json', folder)).rejects.toThrow(/bad.json is no latency file: order.ms/);
    await expect(latencyIn('down.json', folder)).rejects.toThrow(/quantiles do not ascend/);
    await expect(latencyIn('order=fast', folder)).rejects.toThrow(/neither none, assumed, legs/);
    await expect(latencyIn('order=9-3', folder)).rejects.toThrow(/9 to 3 ms is no range/);
  });
});
