import { AlphaError } from '../errors/alpha-error.js';
import { ackShared, handOut, msUntilOverdue, overdue, releaseOf } from './group.js';
import type { GroupPlaces, Taken } from './group-subscription.js';
import { type Member, reach, startOf } from './owned-places.js';
import { otherMode } from './refusals.js';
import type { BusStorage, Entry, ReadTables, SharedRow, WriteTables } from './storage.js';
import type { StreamName } from './streams.js';

interface SharedMember extends Member {
  readonly redeliverAfterMs: number;
}

/** One of the members of a group that share its entries. Who has what stands in the tables, so taking is a write. */
export class SharedPlaces implements GroupPlaces {
  readonly streams: readonly StreamName[];
  readonly #storage: BusStorage;
  readonly #member: SharedMember;

  private constructor(storage: BusStorage, member: SharedMember) {
    this.streams = member.streams;
    this.#storage = storage;
    this.#member = member;
  }

  static join(storage: BusStorage, tables: WriteTables, member: SharedMember): SharedPlaces {
    const rows = member.streams.map((stream) => {
      const row = tables.group(member.group, stream);
      if (row !== undefined && row.mode !== 'shared') throw otherMode(member.group, stream, 'owned');
      return { stream, row };
    });
    for (const { stream, row } of rows) {
      const joined = row ?? { mode: 'shared', cursor: startOf(tables, stream, member.from), pending: [] };
      tables.setGroup(member.group, stream, releaseOf(joined, member.consumer));
    }
    return new SharedPlaces(storage, member);
  }

  async take(limit: number): Promise<Taken> {
    const idle = this.#storage.read((tables) => this.#idle(tables));
    if (idle !== null) return idle;
    return this.#storage.write((tables) => {
      const nowMs = this.#storage.now();
      const streams = this.streams.map((stream) => ({ stream, entries: this.#takeOf(tables, stream, limit, nowMs) }));
      return {
        streams: streams.filter(({ entries }) => entries.length > 0),
        drained: this.#idle(tables) !== null,
        againInMs: null,
      };
    }, 'visible');
  }

  async pass(stream: StreamName, positions: readonly number[]): Promise<void> {
    await this.ack(stream, positions);
  }

  async ack(stream: StreamName, positions: readonly number[]): Promise<void> {
    await this.#storage.write((tables) => {
      const row = this.#row(tables, stream);
      const acked = ackShared(row, positions);
      if (acked !== row) tables.setGroup(this.#member.group, stream, acked);
    }, 'visible');
  }

  async seek(stream: StreamName, position: number): Promise<void> {
    await this.#storage.write((tables) => {
      this.#row(tables, stream);
      reach(tables, stream, position);
      tables.setGroup(this.#member.group, stream, { mode: 'shared', cursor: position, pending: [] });
    });
  }

  delivered(stream: StreamName): number {
    return this.#storage.read((tables) => this.#row(tables, stream).pending.length);
  }

  /** Null when there is something to take. */
  #idle(tables: ReadTables): Taken | null {
    const { redeliverAfterMs } = this.#member;
    const nowMs = this.#storage.now();
    let againInMs: number | null = null;
    for (const stream of this.streams) {
      const row = this.#row(tables, stream);
      const dueInMs = msUntilOverdue(row, nowMs, redeliverAfterMs);
      if (row.cursor < (tables.stream(stream)?.last ?? 0) || dueInMs === 0) return null;
      if (dueInMs !== null) againInMs = Math.min(againInMs ?? dueInMs, dueInMs);
    }
    return { streams: [], drained: true, againInMs };
  }

  /** First what another member left, then what is new. */
  #takeOf(tables: WriteTables, stream: StreamName, limit: number, nowMs: number): readonly Entry[] {
    const { group, consumer, redeliverAfterMs } = this.#member;
    let row = this.#row(tables, stream);
    const left = overdue(row, nowMs, redeliverAfterMs).slice(0, limit);
    const again = left.flatMap(({ position }) =>
      tables.entries(stream, position - 1, 1).filter((entry) => entry.position === position),
    );
    const room = limit - again.length;
    const last = tables.stream(stream)?.last ?? 0;
    const fresh = room > 0 && row.cursor < last ? tables.entries(stream, row.cursor, room) : [];
    const cursor = fresh.length < room ? Math.max(row.cursor, last) : (fresh.at(-1)?.position ?? row.cursor);
    const entries = [...again, ...fresh];
    // What was left but is no longer on the stream cannot be handed out again.
    row = ackShared(
      row,
      left.map(({ position }) => position),
    );
    const positions = entries.map(({ position }) => position);
    tables.setGroup(group, stream, handOut(row, { positions, consumer, nowMs, cursor }));
    return entries;
  }

  #row(tables: ReadTables, stream: StreamName): SharedRow {
    const { group, consumer } = this.#member;
    const row = tables.group(group, stream);
    if (row?.mode === 'shared') return row;
    throw new AlphaError(
      'BUS_GROUP_TAKEN',
      `Group ${group} was dropped while ${consumer} was reading ${stream}; start this reader again, the group then begins anew.`,
      { context: { group, stream, consumer } },
    );
  }
}
