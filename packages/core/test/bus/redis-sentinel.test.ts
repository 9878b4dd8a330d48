import type { EventBus } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { afterEach, expect, it } from 'vitest';
import { startLoad } from './support/load.js';
import { startSentinelGroup } from './support/redis-sentinel.js';

const opened: EventBus[] = [];
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
});

it('goes on at the new master when the old one is killed under load', async () => {
  await using group = await startSentinelGroup('open-sesame', ['--appendonly', 'yes']);
  await group.replicated();
  const load = await startLoad(async () => {
    const bus = await openRedisBus({ url: group.url });
    opened.push(bus);
    return bus;
  });
  await load.more(500);
  const master = await group.master();
  await master.kill();
  await expect.poll(() => group.master(), { timeout: 20_000 }).not.toBe(master);
  await load.more(500);
  await load.end();
}, 90_000);

it('names a group that the Sentinels do not know, and a wrong password of theirs', async () => {
  await using group = await startSentinelGroup('open-sesame');
  const open = (url: string) => openRedisBus({ url, openPatienceMs: 1000 });
  await expect(open(group.url.replace('mymaster', 'other'))).rejects.toMatchObject({
    code: 'BUS_UNUSABLE',
    message: expect.stringContaining('have no group of this name'),
  });
  await expect(open(group.url.replace('sentinelPassword=open', 'sentinelPassword=close'))).rejects.toMatchObject({
    code: 'BUS_UNUSABLE',
    message: expect.stringContaining('user or password'),
  });
});
