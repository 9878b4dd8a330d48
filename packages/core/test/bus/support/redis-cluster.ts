import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';

const SLOTS = 16_384;

export interface RedisCluster {
  readonly url: string;
  readonly nodes: readonly RedisServer[];
  /** Empties every node: each is ours alone. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** Three masters on loopback that share the slots; `own` are more lines of their configuration. */
export async function startRedisCluster(own: readonly string[] = []): Promise<RedisCluster> {
  const args = [
    ...own,
    '--cluster-enabled',
    'yes',
    '--cluster-config-file',
    'nodes.conf',
    '--cluster-require-full-coverage',
    'yes',
  ];
  const starts = await Promise.allSettled([0, 1, 2].map(() => startRedisServer({ args, clusterPort: true })));
  const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) {
    // Those that did start would outlive the test.
    await Promise.all(nodes.map((node) => node.stop()));
    throw failed.reason;
  }
  const clients = nodes.map(({ port }) => new Redis(port, '127.0.0.1'));
  // A test may kill a node: that is no error of these clients.
  for (const client of clients) client.on('error', () => {});
  const stop = async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (const [index, client] of clients.entries()) {
      const first = Math.floor((SLOTS * index) / nodes.length);
      const last = Math.floor((SLOTS * (index + 1)) / nodes.length) - 1;
      await client.call('cluster', 'addslotsrange', String(first), String(last));
      await client.call('cluster', 'set-config-epoch', String(index + 1));
    }
    for (const { port, clusterPort } of nodes.slice(1)) {
      await clients[0]!.call('cluster', 'meet', '127.0.0.1', String(port), String(clusterPort));
    }
    for (const client of clients) {
      while (!String(await client.call('cluster', 'info')).includes('cluster_state:ok')) await delay(20);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes,
    clear: async () => {
      for (const client of clients) await client.flushall();
    },
    stop,
  };
}
