import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { redisTls } from './redis-tls.js';
import { isWrongDatabase } from './redis-trouble.js';
import type { RedisTarget } from './redis-url.js';

export type RedisClient = Redis | Cluster;

/** The two classes of ioredis we use; a process may bring its own copy (5 speaks RESP2, 6 RESP3 too). */
export interface RedisDriver {
  readonly Redis: new (options: RedisOptions) => Redis;
  readonly Cluster: new (nodes: { host: string; port: number }[], options: ClusterOptions) => Cluster;
}

export const IOREDIS: RedisDriver = { Redis, Cluster };

const CONNECT_MS = 5_000;
/** Between two looks at a Redis that is loading its file. */
const LOADING_MS = 500;

/**
 * A connection (to a Cluster: a set of them) that comes back by itself. It never repeats a command on its own: what was
 * cut off fails, and the caller, who knows whether and in which order to send again, decides. An answer that takes longer
 * than `silenceMs` means that the connection is dead.
 */
export function createClient(target: RedisTarget, driver: RedisDriver, silenceMs: number): RedisClient {
  const { nodes, username, password, db } = target;
  const tls = redisTls(target);
  const options: RedisOptions = {
    db,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    socketTimeout: silenceMs,
    maxLoadingRetryTime: LOADING_MS,
    keepAlive: 10_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // What was in flight when a connection closes fails at once; any other value leaves it unanswered until later.
    maxRetriesPerRequest: 0,
    retryStrategy: pauseMs,
    // A replica that answers for the master: connect anew, the address may lead to the master by now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  if (target.kind === 'cluster') {
    const cluster = new driver.Cluster([...nodes], {
      redisOptions: options,
      enableOfflineQueue: false,
      lazyConnect: true,
      clusterRetryStrategy: pauseMs,
      slotsRefreshTimeout: CONNECT_MS,
      scaleReads: 'master',
    });
    cluster.on('+node', endSilenceWithConnection);
    return cluster;
  }
  if (target.kind === 'sentinel') {
    const master = new driver.Redis({
      ...options,
      sentinels: [...nodes],
      name: target.masterName,
      sentinelRetryStrategy: pauseMs,
      sentinelCommandTimeout: CONNECT_MS,
      ...(target.sentinelUsername !== undefined && { sentinelUsername: target.sentinelUsername }),
      ...(target.sentinelPassword !== undefined && { sentinelPassword: target.sentinelPassword }),
      ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
    });
    return mended(master);
  }
  return mended(new driver.Redis({ ...options, ...nodes[0]! }));
}

/** ioredis goes on in database 0 where the server refuses the one that was asked for. */
function mended(client: Redis): Redis {
  client.on('error', (error: Error) => {
    if (isWrongDatabase(error)) client.disconnect(true);
  });
  return endSilenceWithConnection(client);
}

/**
 * ioredis 5.11 leaves the timer of `socketTimeout` running when the connection it watches closes: it would end the next
 * connection, and until then keep the process from ending.
 */
function endSilenceWithConnection(client: Redis): Redis {
  client.on('close', () => {
    clearTimeout(Reflect.get(client, 'socketTimeoutTimer') as NodeJS.Timeout | undefined);
    Reflect.set(client, 'socketTimeoutTimer', undefined);
  });
  return client;
}

function pauseMs(attempt: number): number {
  return Math.min(1000, 25 * 2 ** Math.min(attempt - 1, 6));
}
