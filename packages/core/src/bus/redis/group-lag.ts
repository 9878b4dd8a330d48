import type { EntryId, GroupLag } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import { fieldsOf, idOfPlace, msOfId, type RawEntry } from './redis-entry.js';
import { ownerKey } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';

/** Where Redis does not know how far a group is behind, entries are counted up to this many, and estimated beyond. */
const COUNTED = 10_000;
const COUNT_STEP = 1000;

/**
 * How far a group is behind on a stream; null when it has no place there. Exact up to 10 000 entries; for an owned group
 * that is further behind it is estimated from the times of the entries.
 */
export async function groupLag(
  link: RedisLink,
  group: string,
  stream: StreamName,
  deliveredHere: number,
): Promise<GroupLag | null> {
  const groups = (await link.call((client) => client.xinfo('GROUPS', stream))) as unknown[];
  const info = groups.map(fieldsOf).find((one) => one.get('name') === group);
  if (info === undefined) return null;
  const place = String(info.get('last-delivered-id'));
  const known = info.get('lag');
  const behind = typeof known === 'number' ? known : await countAfter(link, stream, place);
  const isShared = (await link.call((client) => client.get(ownerKey(stream, group)))) === 'shared';
  if (!isShared) return { group, stream, lag: behind, pending: deliveredHere, position: idOfPlace(place) };

  const pending = Number(info.get('pending'));
  const position = pending === 0 ? idOfPlace(place) : await beforeOldestPending(link, stream, group);
  return { group, stream, lag: behind + pending, pending, position };
}

async function beforeOldestPending(link: RedisLink, stream: StreamName, group: string): Promise<EntryId | null> {
  const [, oldest] = (await link.call((client) => client.xpending(stream, group))) as [number, string | null];
  if (oldest === null) return null;
  const [entry] = await link.call((client) => client.xrevrange(stream, `(${oldest}`, '-', 'COUNT', 1));
  return entry?.[0] ?? null;
}

async function countAfter(link: RedisLink, stream: StreamName, place: EntryId): Promise<number> {
  let count = 0;
  let after = place;
  while (count < COUNTED) {
    const from = `(${after}`;
    const entries = await link.call((client) => client.xrange(stream, from, '+', 'COUNT', COUNT_STEP));
    count += entries.length;
    if (entries.length < COUNT_STEP) return count;
    after = entries.at(-1)![0];
  }
  return Math.max(count, await estimateAfter(link, stream, place));
}

/** As if entries came evenly between the first and the last. */
async function estimateAfter(link: RedisLink, stream: StreamName, place: EntryId): Promise<number> {
  const info = fieldsOf(await link.call((client) => client.xinfo('STREAM', stream)));
  const length = Number(info.get('length'));
  const first = info.get('first-entry') as RawEntry | null;
  const last = info.get('last-entry') as RawEntry | null;
  if (first === null || last === null) return 0;
  const wholeMs = Math.max(1, msOfId(last[0]) - msOfId(first[0]));
  const behindMs = Math.min(wholeMs, Math.max(0, msOfId(last[0]) - msOfId(place)));
  return Math.round((length * behindMs) / wholeMs);
}
