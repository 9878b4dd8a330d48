import type { Cluster, Redis } from 'ioredis';
import { AlphaError } from '../../errors/alpha-error.js';
import type { Logger } from '../../telemetry/logger.js';
import { MARKET_STREAMS } from '../streams.js';
import { bookKey, ownerKey, WRITER_KEY } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import { runScript, smallScript } from './redis-script.js';

const OLDEST_MAJOR = 7;
/** With less, a burst of order books fills Redis before a reader that is away comes back. */
const LEAST_MEMORY = 64 * 1024 * 1024;

/**
 * Does what the bus does in ways that change nothing (no entry has this id), so that a user without the rights is told now.
 * KEYS: stream, book, owner. Answers what is not allowed, or nothing.
 */
const PROBE_SCRIPT = smallScript(`
local tried = {
  redis.pcall('XADD', KEYS[1], '0-0', 'e', ''),
  redis.pcall('XTRIM', KEYS[1], 'MINID', '0-0'),
  redis.pcall('HDEL', KEYS[2], ''),
  redis.pcall('DEL', KEYS[3]),
}
for _, answer in ipairs(tried) do
  local why = type(answer) == 'table' and answer.err or ''
  if string.find(why, 'NOPERM') or string.find(why, 'The user executing') then return answer end
end
`);

/**
 * Looks whether this Redis can be our bus, and throws one sentence when not: `BUS_UNUSABLE` for one that is too old, deletes
 * entries, has too little memory, holds a key of another type where a stream of ours goes, or gives us no rights;
 * `BUS_UNAVAILABLE` for one that stays a replica. Warns of one that keeps nothing on disk.
 */
export async function checkRedis(link: RedisLink, logger: Logger, patienceMs: number): Promise<void> {
  await link.call(async (client) => {
    const servers = link.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
    let keepsNothing = false;
    for (const server of servers) {
      const info = parseInfo(await server.info());
      check(link.where, info);
      keepsNothing ||= info.get('aof_enabled') === '0';
      await checkTypes(link.where, server);
    }
    for (const stream of MARKET_STREAMS) {
      // No group has an empty name.
      await runScript(client, PROBE_SCRIPT, [stream, bookKey(stream), ownerKey(stream, '')], []);
    }
    await client.get(WRITER_KEY);
    if (keepsNothing) {
      logger.warn(
        { redis: link.where },
        'Redis has appendonly no: what it acknowledged is gone when it ends. Set appendonly yes.',
      );
    }
  }, patienceMs);
}

/** What INFO says of one server. */
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
  if (info.get('role') === 'slave') {
    // A failover may be about to make it the master.
    throw new AlphaError(
      'BUS_UNAVAILABLE',
      `Redis at ${where} is a replica and takes no entries; name the master in REDIS_URL, or its Sentinels with redis+sentinel://.`,
      { context: { where }, retryable: true },
    );
  }
}

/** Every key under `md:` is a stream, also those of single symbols. */
async function checkTypes(where: string, server: Redis): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await server.scan(cursor, 'MATCH', 'md:*', 'COUNT', 1000);
    const types = await Promise.all(keys.map((key) => server.type(key)));
    const at = types.findIndex((type) => type !== 'stream' && type !== 'none');
    if (at !== -1) {
      throw unusable(
        where,
        `holds a key ${keys[at]} of type ${types[at]} where the bus keeps a stream; give the bus a Redis or a database number of its own in REDIS_URL.`,
      );
    }
    cursor = next;
  } while (cursor !== '0');
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
