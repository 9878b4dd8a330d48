import type { Clock, EventBus } from '@alpha-engine/core';
import { openRedisBus, type RedisDriver } from '@alpha-engine/core/redis';
import { EVENT_BUS_CASES, type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Cluster, Redis } from 'ioredis';
import * as ioredis6 from 'ioredis6';
import { afterAll, beforeAll, describe, it } from 'vitest';

const FAR_ID = '99999999999999-0';
const PROTOCOLS: readonly (readonly [string, RedisDriver])[] = [
  ['RESP2', { Redis, Cluster }],
  ['RESP3', ioredis6 as unknown as RedisDriver],
];

describe.each(PROTOCOLS)('Redis bus, %s', (_, driver) => {
  let server: RedisServer;
  let database = 0;

  beforeAll(async () => {
    server = await startRedisServer({ args: ['--databases', '500'] });
  });
  afterAll(() => server.stop());

  for (const { name, run } of EVENT_BUS_CASES) {
    it(name, async () => {
      const opened: EventBus[] = [];
      // A database of its own keeps a case from the entries of another.
      const url = `${server.url}/${++database}`;
      const open = async (clock?: Clock) => {
        const bus = await openRedisBus({ url, driver, ...(clock && { clock }) });
        opened.push(bus);
        return bus;
      };
      try {
        await run({ open, farId: FAR_ID });
      } finally {
        for (const bus of opened) await bus.close();
      }
    });
  }
});
