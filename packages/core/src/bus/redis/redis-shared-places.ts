import type { Clock } from '../../telemetry/clock.js';
import type { EntryId } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import { SEEK_SCRIPT } from './group-scripts.js';
import { groupTaken, joinGroup, resumeGroup } from './join-group.js';
import { ReaderConnection } from './reader-connection.js';
import type { RedisClient } from './redis-client.js';
import { BEFORE_FIRST, entriesByStream, entryOf, type RawEntry } from './redis-entry.js';
import { ownerKey, SHARED } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import type { RedisMember, RedisPlaces, Taken } from './redis-places.js';
import { runScript } from './redis-script.js';

export interface SharedMember extends RedisMember {
  readonly redeliverAfterMs: number;
}

/** Between two looks for what other members left, at most a fourth of the time after which it counts as left. */
const LOOKS = 4;

/**
 * One of the members of a group that share its entries: a consumer of a Redis group. Redis keeps who has what and since
 * when. After a cut connection, and at the start, it first asks for what was handed to it and did not arrive.
 */
export class RedisSharedPlaces implements RedisPlaces {
  readonly streams: readonly StreamName[];
  readonly #link: RedisLink;
  readonly #connection: ReaderConnection;
  readonly #member: SharedMember;
  readonly #clock: Clock | undefined;
  /** The last new entry that arrived; what is pending for us after it did not. */
  readonly #arrived = new Map<StreamName, EntryId>();
  #mayMiss: Set<StreamName>;
  #lookAtMs = 0;

  private constructor(link: RedisLink, member: SharedMember, clock: Clock | undefined) {
    this.streams = member.streams;
    this.#link = link;
    this.#connection = new ReaderConnection(link);
    this.#member = member;
    this.#clock = clock;
    this.#mayMiss = new Set(member.streams);
  }

  /** `clock`: drives when an entry counts as left, for tests; without it the server's clock does. */
  static async join(link: RedisLink, member: SharedMember, clock?: Clock): Promise<RedisSharedPlaces> {
    await joinGroup(link, member, SHARED);
    return new RedisSharedPlaces(link, member, clock);
  }

  async take(limit: number, blockMs: number): Promise<Taken> {
    const client = await this.#connection.client(blockMs);
    try {
      const again = (await this.#missed(client, limit)) ?? (await this.#left(client, limit));
      return again ?? (await this.#fresh(client, limit, Math.min(blockMs, this.#member.redeliverAfterMs / LOOKS)));
    } catch (error) {
      this.#mayMiss = new Set(this.streams);
      if (!isGroupGone(error)) throw error;
      await this.#resume();
      return { streams: [], drained: false };
    }
  }

  async pass(stream: StreamName, ids: readonly EntryId[]): Promise<void> {
    await this.ack(stream, ids);
  }

  async ack(stream: StreamName, ids: readonly EntryId[]): Promise<void> {
    await this.#link.call((client) => client.xack(stream, this.#member.group, ...ids));
  }

  async seek(stream: StreamName, place: EntryId): Promise<void> {
    const { group } = this.#member;
    const move = () =>
      this.#link.call((client) =>
        runScript(client, SEEK_SCRIPT, [stream, ownerKey(stream, group)], [group, SHARED, place]),
      );
    let answer = await move();
    if (answer === '') {
      await this.#resume();
      answer = await move();
    }
    if (answer !== 'ok') throw groupTaken(this.#member, stream, answer as string);
    this.#arrived.set(stream, place);
  }

  /** Known by Redis alone. */
  delivered(): number {
    return 0;
  }

  get canBlock(): boolean {
    return this.#connection.canBlock;
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  /** What was handed to this member and did not arrive, or null. */
  async #missed(client: RedisClient, limit: number): Promise<Taken | null> {
    if (this.#mayMiss.size === 0) return null;
    const streams = [];
    for (const stream of [...this.#mayMiss]) {
      const after = this.#arrived.get(stream) ?? BEFORE_FIRST;
      const { group, consumer } = this.#member;
      const head = ['GROUP', group, consumer, 'COUNT', String(limit)];
      const reply = await client.call('xreadgroup', ...head, 'STREAMS', stream, after);
      const raw = entriesByStream(reply).get(stream) ?? [];
      if (raw.length < limit) this.#mayMiss.delete(stream);
      if (raw.length > 0) this.#arrived.set(stream, raw.at(-1)![0]);
      streams.push({ stream, entries: await this.#alive(client, stream, raw) });
    }
    return batchOf(streams);
  }

  /** What another member left too long, or null. */
  async #left(client: RedisClient, limit: number): Promise<Taken | null> {
    const { group, consumer, redeliverAfterMs } = this.#member;
    if (this.#clock === undefined && performance.now() < this.#lookAtMs) return null;
    this.#lookAtMs = performance.now() + redeliverAfterMs / LOOKS;
    const idleMs = await this.#idleMs(client, redeliverAfterMs);
    const streams = [];
    for (const stream of this.streams) {
      const how = [group, consumer, String(idleMs), '0-0', 'COUNT', String(limit)];
      const reply = (await client.call('xautoclaim', stream, ...how)) as [string, RawEntry[]];
      await this.#stamp(client, stream, reply[1]);
      streams.push({ stream, entries: await this.#alive(client, stream, reply[1]) });
    }
    return batchOf(streams);
  }

  async #fresh(client: RedisClient, limit: number, blockMs: number): Promise<Taken> {
    const { group, consumer } = this.#member;
    const head = ['GROUP', group, consumer, 'COUNT', String(limit)];
    const block = this.#connection.canBlock && blockMs >= 1 ? ['BLOCK', String(Math.ceil(blockMs))] : [];
    const ask = (streams: readonly StreamName[]) =>
      client.call('xreadgroup', ...head, ...block, 'STREAMS', ...streams, ...streams.map(() => '>'));
    const replies = this.#connection.canBlock
      ? [await ask(this.streams)]
      : await Promise.all(this.streams.map((stream) => ask([stream])));
    const found = new Map(replies.flatMap((reply) => [...entriesByStream(reply)]));

    let drained = true;
    const streams = [];
    for (const stream of this.streams) {
      const raw = found.get(stream) ?? [];
      const last = raw.at(-1)?.[0];
      if (last === undefined) continue;
      this.#arrived.set(stream, last);
      await this.#stamp(client, stream, raw);
      if (raw.length === limit && (await client.xrange(stream, `(${last}`, '+', 'COUNT', 1)).length > 0)
        drained = false;
      streams.push({ stream, entries: raw.map(entryOf) });
    }
    return { streams, drained };
  }

  /** Entries that were deleted from the stream cannot be handed out again: nobody is waiting for them. */
  async #alive(client: RedisClient, stream: StreamName, raw: readonly RawEntry[]) {
    const gone = raw.filter(([, fields]) => fields === null).map(([id]) => id);
    if (gone.length > 0) await client.xack(stream, this.#member.group, ...gone);
    return raw.filter(([, fields]) => fields !== null).map(entryOf);
  }

  /** How long an entry must have been idle on the server's clock; a driven clock shifts it. */
  async #idleMs(client: RedisClient, redeliverAfterMs: number): Promise<number> {
    if (this.#clock === undefined) return redeliverAfterMs;
    const [seconds, micros] = await client.time();
    const serverMs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    return Math.max(0, serverMs - this.#clock.now() + redeliverAfterMs);
  }

  /** With a driven clock, the hand-over carries its time. */
  async #stamp(client: RedisClient, stream: StreamName, raw: readonly RawEntry[]): Promise<void> {
    if (this.#clock === undefined || raw.length === 0) return;
    const { group, consumer } = this.#member;
    const ids = raw.map(([id]) => id);
    await client.call('xclaim', stream, group, consumer, '0', ...ids, 'TIME', String(this.#clock.now()), 'JUSTID');
  }

  /** The group is gone: dropped, or lost by a server that came back without it; then it goes on where this member was. */
  async #resume(): Promise<void> {
    for (const stream of this.streams) {
      const mine = this.#arrived.get(stream) ?? BEFORE_FIRST;
      await resumeGroup(this.#link, this.#member, stream, { owner: SHARED, mine });
      this.#arrived.delete(stream);
    }
  }
}

function isGroupGone(error: unknown): boolean {
  return error instanceof Error && /^(NOGROUP|UNBLOCKED the stream key)/.test(error.message);
}

function batchOf(streams: Taken['streams']): Taken | null {
  const some = streams.filter(({ entries }) => entries.length > 0);
  return some.length === 0 ? null : { streams: some, drained: false };
}
