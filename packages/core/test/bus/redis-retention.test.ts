import { type AlphaEvent, ManualClock, Publisher } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const HOUR_MS = 3_600_000;
const SERIES = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;

function trades(count: number): AlphaEvent[] {
  const data = { price: 1, size: 1, side: 'buy' as const };
  return Array.from({ length: count }, () => ({ type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1, data }));
}

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

it('trims what is old and read, shuts a stream at its ceiling, and opens it when the readers have caught up', async () => {
  const said: string[] = [];
  const log = (_: unknown, message: string) => said.push(message);
  const logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
  const clock = new ManualClock(Date.now());
  const retention = { keepEntries: 10, ceilingEntries: 100, abandonedAfterMs: 24 * HOUR_MS, everyMs: 5 };
  const bus = await openRedisBus({ url: server.url, logger, clock, retention });
  const length = async () => (await bus.streams())[0]?.length;
  const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
  const publisher = await Publisher.open(bus, [SERIES]);
  await publisher.publish(trades(101));
  await expect.poll(() => said.filter((text) => text.includes('at its ceiling')).length).toBe(1);

  // Full: the publisher waits. Read and young: it still waits. Read and old: it goes on.
  let isOut = false;
  const waiting = publisher.publish(trades(5)).then(() => {
    isOut = true;
  });
  const { deliveries } = await reader.read();
  clock.advance(2 * HOUR_MS);
  await bus.lag();
  expect(await length()).toBe(101);
  expect(isOut).toBe(false);
  await reader.ack('md:trade', [deliveries[95]!.id]);
  await waiting;
  // Five of the first hundred were not acknowledged, and nothing of them is gone.
  await expect.poll(length).toBe(10);
  expect((await bus.range('md:trade', null, 100)).map(({ event }) => event.seq)[0]).toBe(97);

  clock.advance(25 * HOUR_MS);
  await expect.poll(() => said.some((text) => text.includes('Nobody seems to read'))).toBe(true);
  await publisher.close();
  await bus.close();
});
