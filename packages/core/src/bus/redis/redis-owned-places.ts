import { randomUUID } from 'node:crypto';
import type { EntryId } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import { ACK_SCRIPT, SEEK_SCRIPT } from './group-scripts.js';
import { groupTaken, joinGroup, resumeGroup } from './join-group.js';
import { ReaderConnection } from './reader-connection.js';
import type { RedisClient } from './redis-client.js';
import { compareIds, entriesByStream, entryOf, type RawEntry, type RedisEntry } from './redis-entry.js';
import { ownerKey } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import type { RedisMember, RedisPlaces, Taken } from './redis-places.js';
import { type RedisScript, runScript } from './redis-script.js';

/**
 * The owner of a group. It reads with XREAD from a cursor it keeps here; the group in Redis stands at the acknowledged place,
 * so that whoever subscribes next starts there and Redis's own tools show the truth. Each read carries a look at who owns. After a
 * cut connection it first asks whether the server has forgotten anything.
 */
export class RedisOwnedPlaces implements RedisPlaces {
  readonly streams: readonly StreamName[];
  readonly #link: RedisLink;
  readonly #connection: ReaderConnection;
  readonly #member: RedisMember;
  readonly #owner: string;
  readonly #cursors: Map<StreamName, EntryId>;
  /** Acknowledged places; never goes back but by `seek`. */
  readonly #acked: Map<StreamName, EntryId>;
  readonly #handed = new Map<StreamName, EntryId[]>();
  /** Counts seeks: what was asked for before one is not taken. */
  #seeks = 0;
  /** The connection was cut: who answers now may have forgotten something. */
  #wasCut = false;
  readonly #moves = new Set<Promise<void>>();

  private constructor(link: RedisLink, member: RedisMember, owner: string, places: Map<StreamName, EntryId>) {
    this.streams = member.streams;
    this.#link = link;
    this.#connection = new ReaderConnection(link);
    this.#member = member;
    this.#owner = owner;
    this.#cursors = places;
    this.#acked = new Map(places);
  }

  /** Becomes the owner; the one before fails at its next read or acknowledgement. */
  static async take(link: RedisLink, member: RedisMember): Promise<RedisOwnedPlaces> {
    const owner = `owned ${randomUUID()} ${member.consumer}`;
    return new RedisOwnedPlaces(link, member, owner, await joinGroup(link, member, owner));
  }

  async take(limit: number, blockMs: number): Promise<Taken> {
    const client = await this.#connection.client(blockMs);
    if (this.#wasCut) {
      // An acknowledgement on its way is no sign of a loss.
      await Promise.allSettled(this.#moves);
      await this.#resume();
    }
    const seeks = this.#seeks;
    const replies = await this.#replies(client, limit, blockMs).catch((error) => {
      this.#wasCut = true;
      throw error;
    });
    if (seeks !== this.#seeks || this.#wasCut) return { streams: [], drained: false };

    let drained = true;
    const streams: { stream: StreamName; entries: RedisEntry[] }[] = [];
    for (const stream of this.streams) {
      const raw = replies.map((reply) => reply.get(stream)).find((entries) => entries !== undefined);
      if (raw === undefined || raw.length === 0) continue;
      if (raw.length > limit) drained = false;
      const entries = raw.slice(0, limit).map(entryOf);
      this.#cursors.set(stream, entries.at(-1)!.id);
      this.#hand(stream, entries);
      streams.push({ stream, entries });
    }
    return { streams, drained };
  }

  async pass(stream: StreamName, ids: readonly EntryId[]): Promise<void> {
    const passed = new Set(ids);
    this.#handed.set(
      stream,
      (this.#handed.get(stream) ?? []).filter((id) => !passed.has(id)),
    );
  }

  async ack(stream: StreamName, ids: readonly EntryId[]): Promise<void> {
    const furthest = ids.reduce((most, id) => (compareIds(id, most) > 0 ? id : most), this.#acked.get(stream)!);
    this.#acked.set(stream, furthest);
    // A repetition after an unknown answer sends the furthest place of then: it never goes back.
    await this.#move(ACK_SCRIPT, stream, () => this.#acked.get(stream)!);
    const handed = this.#handed.get(stream) ?? [];
    const isAll = handed.length > 0 && compareIds(handed.at(-1)!, furthest) <= 0;
    const left = isAll ? -1 : handed.findIndex((id) => compareIds(id, furthest) > 0);
    this.#handed.set(stream, left === -1 ? [] : handed.slice(left));
  }

  async seek(stream: StreamName, place: EntryId): Promise<void> {
    await this.#move(SEEK_SCRIPT, stream, () => place);
    this.#seeks += 1;
    this.#stand(stream, place);
  }

  delivered(stream: StreamName): number {
    return this.#handed.get(stream)?.length ?? 0;
  }

  get canBlock(): boolean {
    return this.#connection.canBlock;
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  /**
   * A wait is only that: Redis before 7.2 answers a reader that it wakes with one stream, whatever came to the others in the
   * same moment. So what is there is read at once, before a wait and after it.
   */
  async #replies(client: RedisClient, limit: number, blockMs: number) {
    // One entry more than wanted tells whether there is more, at no cost.
    const ask = (streams: readonly StreamName[], count = limit + 1, waitMs = 0) =>
      this.#read(client, streams, count, waitMs);
    if (!this.#connection.canBlock) return Promise.all(this.streams.map((stream) => ask([stream])));
    const here = await ask(this.streams);
    if (here.size > 0 || blockMs <= 0) return [here];
    const woken = await ask(this.streams, 1, blockMs);
    return [woken.size > 0 ? await ask(this.streams) : woken];
  }

  /** The read and the look at the owner leave together, so that a wait costs no second round. */
  async #read(
    client: RedisClient,
    streams: readonly StreamName[],
    count: number,
    waitMs: number,
  ): Promise<ReadonlyMap<string, readonly RawEntry[]>> {
    const cursors = streams.map((stream) => this.#cursors.get(stream)!);
    const block = waitMs > 0 ? ['BLOCK', String(Math.ceil(waitMs))] : [];
    const owners = streams.map((stream) => ownerKey(stream, this.#member.group));
    // Two writes in one turn cost less than a pipeline does.
    const reading = client.call('xread', 'COUNT', String(count), ...block, 'STREAMS', ...streams, ...cursors);
    const [read, owned] = await Promise.all([reading, client.mget(...owners)]);
    for (const [index, owner] of owned.entries()) {
      if (owner === null) this.#wasCut = true;
      else if (owner !== this.#owner) throw groupTaken(this.#member, streams[index]!, owner);
    }
    return entriesByStream(read);
  }

  /** After a cut: a server that lost acknowledgements or entries is read again from where it says the group stands. */
  async #resume(): Promise<void> {
    for (const stream of this.streams) {
      const mine = this.#acked.get(stream)!;
      const { place, last } = await resumeGroup(this.#link, this.#member, stream, { owner: this.#owner, mine });
      const hasLost = compareIds(place, mine) < 0 || compareIds(last, this.#cursors.get(stream)!) < 0;
      if (hasLost) this.#stand(stream, place);
    }
    this.#wasCut = false;
  }

  #move(script: RedisScript, stream: StreamName, place: () => EntryId): Promise<void> {
    const moving = this.#moved(script, stream, place).finally(() => this.#moves.delete(moving));
    this.#moves.add(moving);
    return moving;
  }

  async #moved(script: RedisScript, stream: StreamName, place: () => EntryId): Promise<void> {
    const { group } = this.#member;
    const move = () =>
      this.#link.call((client) =>
        runScript(client, script, [stream, ownerKey(stream, group)], [group, this.#owner, place()]),
      );
    let answer = await move();
    if (answer === '') {
      await this.#resume();
      answer = await move();
    }
    if (answer !== 'ok') throw groupTaken(this.#member, stream, answer as string);
  }

  #stand(stream: StreamName, place: EntryId): void {
    this.#acked.set(stream, place);
    this.#cursors.set(stream, place);
    this.#handed.set(stream, []);
  }

  #hand(stream: StreamName, entries: readonly RedisEntry[]): void {
    const handed = this.#handed.get(stream) ?? [];
    for (const { id } of entries) handed.push(id);
    this.#handed.set(stream, handed);
  }
}
