import { AlphaError } from '../../errors/alpha-error.js';
import type { EntryId } from '../event-bus.js';
import { otherMode } from '../refusals.js';
import type { StreamName } from '../streams.js';
import { JOIN_SCRIPT, RESUME_SCRIPT } from './group-scripts.js';
import { DROPPED, ownerKey } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import type { RedisMember } from './redis-places.js';
import { runScript } from './redis-script.js';

/** Writes `owner` beside each stream and answers the group's places. Throws `BUS_GROUP_TAKEN` for a group of the other mode. */
export async function joinGroup(
  link: RedisLink,
  { group, streams, from }: RedisMember,
  owner: string,
): Promise<Map<StreamName, EntryId>> {
  const answers = await Promise.all(
    streams.map((stream) =>
      link.call((client) =>
        runScript(client, JOIN_SCRIPT, [stream, ownerKey(stream, group)], [group, owner, from === 'end' ? '$' : '0-0']),
      ),
    ),
  );
  const places = new Map<StreamName, EntryId>();
  for (const [index, stream] of streams.entries()) {
    const [kind, value] = answers[index] as [string, string];
    if (kind === 'mode') throw otherMode(group, stream, value.startsWith('owned') ? 'owned' : 'shared');
    places.set(stream, value);
  }
  return places;
}

/** Where a group stands, and the end of its stream. */
export interface Resumed {
  readonly place: EntryId;
  readonly last: EntryId;
}

/**
 * Asks a server that was away where the group stands on a stream, and makes there again what it has lost; `mine` is the place
 * the member remembers. Throws `BUS_GROUP_TAKEN`.
 */
export async function resumeGroup(
  link: RedisLink,
  member: RedisMember,
  stream: StreamName,
  { owner, mine }: { readonly owner: string; readonly mine: EntryId },
): Promise<Resumed> {
  const [kind, place, last] = (await link.call((client) =>
    runScript(client, RESUME_SCRIPT, [stream, ownerKey(stream, member.group)], [member.group, owner, mine]),
  )) as [string, string, string];
  if (kind === 'taken') throw groupTaken(member, stream, place);
  return { place, last };
}

/** What a member is told that no longer stands in the owner key; `owner` is what does. */
export function groupTaken({ group, consumer }: RedisMember, stream: StreamName, owner: string): AlphaError {
  const by = owner === DROPPED ? null : owner.split(' ').slice(2).join(' ') || 'A shared reader';
  return new AlphaError(
    'BUS_GROUP_TAKEN',
    by === null
      ? `Group ${group} was dropped while ${consumer} was reading ${stream}; start this reader again, the group then begins anew.`
      : `${by} took over group ${group} on ${stream} from ${consumer}; stop this reader, or stop the other and start this one again.`,
    { context: { group, stream, consumer, by } },
  );
}
