import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';

/** Long enough that a busy machine is not taken for a dead one. */
const DOWN_AFTER_MS = 2000;
const GROUP = 'mymaster';

export interface SentinelGroup extends AsyncDisposable {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  /** The server that Sentinel names as the master now. */
  master(): Promise<RedisServer>;
  /** Resolves when Sentinel knows a replica that has all. */
  replicated(): Promise<void>;
}

/** A master, a replica and a Sentinel that watches them, each with the password. `args` are the servers' own. */
export async function startSentinelGroup(password: string, args: readonly string[] = []): Promise<SentinelGroup> {
  const own = ['--masterauth', password, '--repl-diskless-sync-delay', '0', '--repl-timeout', '10', ...args];
  const master = await startRedisServer({ args: own, password });
  const replica = await startRedisServer({ args: [...own, '--replicaof', `127.0.0.1 ${master.port}`], password });
  const servers = [master, replica];
  await following(replica.url);
  const folder = await mkdtemp(join(tmpdir(), 'alpha-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `requirepass ${password}`,
    `sentinel monitor ${GROUP} 127.0.0.1 ${master.port} 1`,
    `sentinel auth-pass ${GROUP} ${password}`,
    `sentinel down-after-milliseconds ${GROUP} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${GROUP} 3000`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const program = process.env.REDIS_SERVER_BIN ?? 'redis-server';
  const sentinel = spawn(program, [file, '--sentinel'], { stdio: 'ignore' });
  const gone = new Promise((resolve) => sentinel.once('exit', resolve));
  const client = new Redis({ port, host: '127.0.0.1', password, enableReadyCheck: false, retryStrategy: () => 20 });
  client.on('error', () => {});
  const fields = async (about: string) => {
    const reply = (await client.call('SENTINEL', about, GROUP)) as string[][] | string[];
    return (Array.isArray(reply[0]) ? reply[0] : reply) as string[];
  };
  const field = async (about: string, name: string) => {
    const flat = await fields(about);
    return flat[flat.indexOf(name) + 1];
  };
  while (client.status !== 'ready') await delay(10);
  // Else it asks the servers whether they live every second, and how they stand every ten.
  await client.call('SENTINEL', 'DEBUG', 'info-period', '200', 'ping-period', '200');
  return {
    url: `redis+sentinel://:${password}@127.0.0.1:${port}/${GROUP}?sentinelPassword=${password}`,
    servers,
    master: async () => {
      const [, name] = (await client.call('SENTINEL', 'get-master-addr-by-name', GROUP)) as [string, string];
      return servers.find((server) => server.port === Number(name))!;
    },
    replicated: async () => {
      while (
        (await field('master', 'flags')) !== 'master' ||
        (await field('replicas', 'master-link-status')) !== 'ok' ||
        (await field('replicas', 'flags')) !== 'slave'
      ) {
        await delay(20);
      }
    },
    [Symbol.asyncDispose]: async () => {
      client.disconnect();
      sentinel.kill('SIGKILL');
      await gone;
      await Promise.all(servers.map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function following(url: string): Promise<void> {
  const client = new Redis(url);
  while (!(await client.info('replication')).includes('master_link_status:up')) await delay(10);
  client.disconnect();
}
