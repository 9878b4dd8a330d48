import type { Cluster, Redis } from 'ioredis';
import type { StreamInfo } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import { fieldsOf, type RawEntry } from './redis-entry.js';
import { isStreamOfEvents } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';

/** Names of the streams of events on this Redis, sorted; those that never had an entry too. */
export async function streamNames(link: RedisLink): Promise<readonly StreamName[]> {
  return link.call(async (client) => {
    const servers = link.isCluster ? (client as Cluster).nodes('master') : [client as Redis];
    const names = new Set<StreamName>();
    for (const server of servers) {
      let cursor = '0';
      do {
        const [next, keys] = await server.scan(cursor, 'COUNT', 1000, 'TYPE', 'stream');
        for (const key of keys) if (isStreamOfEvents(key)) names.add(key);
        cursor = next;
      } while (cursor !== '0');
    }
    return [...names].sort();
  });
}

export async function streamInfos(link: RedisLink): Promise<readonly StreamInfo[]> {
  const infos: StreamInfo[] = [];
  for (const stream of await streamNames(link)) {
    const info = fieldsOf(await link.call((client) => client.xinfo('STREAM', stream)));
    // A group may wait on a stream that had no entry yet.
    if (info.get('entries-added') === 0) continue;
    infos.push({
      stream,
      length: Number(info.get('length')),
      firstId: (info.get('first-entry') as RawEntry | null)?.[0] ?? null,
      lastId: (info.get('last-entry') as RawEntry | null)?.[0] ?? null,
    });
  }
  return infos;
}

export async function groupNames(link: RedisLink, stream: StreamName): Promise<readonly string[]> {
  const groups = (await link.call((client) => client.xinfo('GROUPS', stream))) as unknown[];
  return groups.map((group) => String(fieldsOf(group).get('name'))).sort();
}
