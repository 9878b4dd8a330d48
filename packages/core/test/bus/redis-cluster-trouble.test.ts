import type { EventBus } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startLoad } from './support/load.js';
import { type RedisCluster, startRedisCluster } from './support/redis-cluster.js';

const NODE_TIMEOUT_MS = 1000;
let cluster: RedisCluster;
let clients: Redis[];
const opened: EventBus[] = [];

async function open(): Promise<EventBus> {
  const bus = await openRedisBus({ url: cluster.url });
  opened.push(bus);
  return bus;
}

/** The index of the master that holds the slot of `md:trade`, and the slot. */
async function holder(): Promise<{ readonly at: number; readonly slot: number }> {
  const slot = Number(await clients[0]!.call('CLUSTER', 'KEYSLOT', 'md:trade'));
  const ranges = (await clients[0]!.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  const [, , [, port]] = ranges.find(([first, last]) => first <= slot && slot <= last)!;
  return { at: cluster.nodes.findIndex((node) => node.port === port), slot };
}

beforeAll(async () => {
  const timeout = ['--cluster-node-timeout', String(NODE_TIMEOUT_MS)];
  cluster = await startRedisCluster([...timeout, '--appendonly', 'yes', '--appendfsync', 'always']);
  clients = cluster.nodes.map(({ port }) => new Redis(port, '127.0.0.1'));
  for (const client of clients) client.on('error', () => {});
});
beforeEach(() => cluster.clear());
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await cluster.stop();
});

it('waits for a master that is killed under load until it is back', async () => {
  const load = await startLoad(open);
  await load.more(300);
  const { at } = await holder();
  await cluster.nodes[at]!.kill();
  // The others notice, and answer CLUSTERDOWN.
  await expect
    .poll(() => clients[(at + 1) % 3]!.call('CLUSTER', 'INFO'), { timeout: 15_000 })
    .toContain('cluster_state:fail');
  await cluster.nodes[at]!.start();
  await load.more(300);
  await load.end();
}, 60_000);

it('follows a slot that moves to another master under load', async () => {
  const load = await startLoad(open);
  for (let round = 0; round < 2; round++) {
    await load.more(300);
    const { at, slot } = await holder();
    const to = (at + 1) % 3;
    const id = async (index: number) => String(await clients[index]!.call('CLUSTER', 'MYID'));
    await clients[to]!.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await id(at));
    await clients[at]!.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await id(to));
    // One key after the other: between them calls meet ASK and TRYAGAIN.
    for (;;) {
      const keys = (await clients[at]!.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
      if (keys.length === 0) break;
      await clients[at]!.call('MIGRATE', '127.0.0.1', cluster.nodes[to]!.port, '', 0, 5000, 'KEYS', ...keys);
    }
    for (const index of [to, at, (at + 2) % 3]) {
      await clients[index]!.call('CLUSTER', 'SETSLOT', slot, 'NODE', await id(to));
    }
  }
  await load.more(300);
  await load.end();
}, 60_000);
