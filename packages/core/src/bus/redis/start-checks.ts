import type { Cluster, Redis } from 'ioredis';
import { AlphaError } from '../../errors/alpha-error.js';
import { MARKET_STREAMS } from '../streams.js';
import type { RedisLink } from './redis-link.js';

const OLDEST_MAJOR = 7;
/** With less, a burst of order books fills Redis before a reader that is away comes back. */
const LEAST_MEMORY = 64 * 1024 * 1024;

/**
 * Looks whether this Redis can be our bus, and throws one sentence when not: too old (`BUS_UNUSABLE`), an eviction policy
 * that deletes entries, too little memory, a key of another type where a stream of ours goes.
 */
export async function checkRedis(link: RedisLink): Promise<void> {
  await link.call(async (client) => {
    const servers = link.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
    for (const server of servers) check(link.where, parseInfo(await server.info()));
    for (const stream of MARKET_STREAMS) {
      const type = await client.type(stream);
      if (type !== 'none' && type !== 'stream') {
        throw unusable(
          link.where,
          `holds a key ${stream} of type ${type} where the bus keeps a stream; give the bus a Redis or a database number of its own in REDIS_URL.`,
        );
      }
    }
  });
}

function check(where: string, info: ReadonlyMap<string, string>): void {
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw unusable(where, `is version ${version}; the bus needs version ${OLDEST_MAJOR} or newer, or Valkey.`);
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy.startsWith('allkeys-')) {
    throw unusable(
      where,
      `has maxmemory-policy ${policy}, which deletes streams when memory is short; set it to noeviction.`,
    );
  }
  const memory = Number(info.get('maxmemory') ?? 0);
  if (memory > 0 && memory < LEAST_MEMORY) {
    throw unusable(where, `has maxmemory ${memory} bytes; give it at least ${LEAST_MEMORY}, or 0 for no limit.`);
  }
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(':');
      return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
}

function unusable(where: string, what: string): AlphaError {
  return new AlphaError('BUS_UNUSABLE', `Redis at ${where} ${what}`, { context: { where } });
}
