import { openRedisBus } from '@alpha-engine/core/redis';
import type { RedisServer } from '@alpha-engine/core/testing';
import { expect } from 'vitest';

/** Waits until more than `count` entries are on the streams of this Redis. */
export async function eventsOn(server: RedisServer, count: number): Promise<void> {
  const bus = await openRedisBus({ url: server.url });
  try {
    await expect
      .poll(async () => (await bus.streams()).reduce((sum, { length }) => sum + length, 0), { timeout: 30_000 })
      .toBeGreaterThan(count);
  } finally {
    await bus.close();
  }
}
