import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { createClient, IOREDIS } from '../../src/bus/redis/redis-client.js';
import { parseRedisUrl } from '../../src/bus/redis/redis-url.js';
import { startRedisServer } from '../../src/testing/redis-server.js';

const SILENCE_MS = 300;

test('a connection that was cut while it waited does not end the next one later', async () => {
  await using server = await startRedisServer();
  const client = createClient(parseRedisUrl(server.url), IOREDIS, SILENCE_MS) as Redis;
  client.on('error', () => {});
  let closes = 0;
  client.on('close', () => {
    closes++;
  });
  try {
    await client.connect();
    const waiting = client.blpop('nothing', 0).catch((error: unknown) => error);
    await server.kill();
    expect(await waiting).toBeInstanceOf(Error);
    const back = new Promise((resolve) => client.once('ready', resolve));
    await server.start();
    await back;
    const before = closes;
    for (const until = performance.now() + 2 * SILENCE_MS; performance.now() < until; ) {
      await client.ping();
      await delay(20);
    }
    expect(closes).toBe(before);
  } finally {
    client.disconnect();
  }
});
