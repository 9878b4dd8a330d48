import { type AlphaEvent, Publisher } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';

const SERIES = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;

function next(price: number): AlphaEvent {
  return {
    type: 'trade',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1_732_312_345_000 + price,
    data: { price, size: 0.01, side: 'buy' },
  };
}

it.each(['always', 'everysec'])(
  'loses and doubles nothing when redis-server is killed under load, appendfsync %s',
  async (policy) => {
    await using server = await startRedisServer({ args: ['--appendonly', 'yes', '--appendfsync', policy] });
    const bus = await openRedisBus({ url: server.url });
    const publisher = await Publisher.open(bus, [SERIES]);
    let published = 0;
    let stop = false;
    const publishing = (async () => {
      while (!stop) {
        const calls = Array.from({ length: 8 }, () =>
          publisher.publish(Array.from({ length: 20 }, () => next(++published))),
        );
        await Promise.all(calls);
      }
    })();
    for (let kill = 0; kill < 3; kill++) {
      const before = published;
      await expect.poll(() => published, { timeout: 15_000 }).toBeGreaterThan(before + 500);
      await server.kill();
      await server.start();
    }
    stop = true;
    await publishing;
    await publisher.close();

    const seqs: (number | undefined)[] = [];
    const prices: number[] = [];
    for (let after: string | null = null; ; ) {
      const page = await bus.range('md:trade', after, 1000);
      for (const { event } of page) {
        seqs.push(event.seq);
        if (event.type === 'trade') prices.push(event.data.price);
      }
      if (page.length < 1000) break;
      after = page.at(-1)!.id;
    }
    await bus.close();
    expect(seqs.length).toBe(published);
    expect(seqs.every((seq, index) => seq === index + 1)).toBe(true);
    expect(prices.every((price, index) => price === index + 1)).toBe(true);
  },
  60_000,
);
