import { AlphaError } from '../errors/alpha-error.js';
import { ackOwned } from './group.js';
import type { GroupPlaces, Taken } from './group-subscription.js';
import { otherMode } from './refusals.js';
import type { BusStorage, OwnedRow, ReadTables, WriteTables } from './storage.js';
import type { StreamName } from './streams.js';

export interface Member {
  readonly group: string;
  readonly consumer: string;
  readonly streams: readonly StreamName[];
  readonly from: 'start' | 'end';
}

/**
 * The owner of a group. What it read but did not acknowledge it knows by itself (`cursors`), so a read is a look at the
 * tables and takes no lock; who subscribes next starts at the acknowledged place.
 */
export class OwnedPlaces implements GroupPlaces {
  readonly streams: readonly StreamName[];
  readonly #storage: BusStorage;
  readonly #member: Member;
  readonly #owner: number;
  readonly #cursors: Map<StreamName, number>;
  /** Positions handed out and not acknowledged, by stream: only their number is of interest, after the place. */
  readonly #handed = new Map<StreamName, number[]>();

  private constructor(storage: BusStorage, member: Member, owner: number, cursors: Map<StreamName, number>) {
    this.streams = member.streams;
    this.#storage = storage;
    this.#member = member;
    this.#owner = owner;
    this.#cursors = cursors;
  }

  /** Becomes the owner; the one before fails at its next read or acknowledgement. */
  static take(storage: BusStorage, tables: WriteTables, member: Member): OwnedPlaces {
    const cursors = new Map<StreamName, number>();
    for (const stream of member.streams) {
      const row = tables.group(member.group, stream);
      if (row !== undefined && row.mode !== 'owned') throw otherMode(member.group, stream, 'shared');
      cursors.set(stream, row?.position ?? startOf(tables, stream, member.from));
    }
    const owner = tables.nextNumber();
    for (const [stream, position] of cursors) {
      tables.setGroup(member.group, stream, { mode: 'owned', owner, consumer: member.consumer, position });
    }
    return new OwnedPlaces(storage, member, owner, cursors);
  }

  async take(limit: number): Promise<Taken> {
    return this.#storage.read((tables) => {
      let drained = true;
      const streams = [];
      for (const stream of this.streams) {
        this.#mine(tables, stream);
        const last = tables.stream(stream)?.last ?? 0;
        const cursor = this.#cursors.get(stream) ?? 0;
        if (cursor >= last) continue;
        const entries = tables.entries(stream, cursor, limit);
        // Positions may be left out at the end of a stream: with nothing more to read, the cursor passes them.
        const reached = entries.length < limit ? last : entries.at(-1)!.position;
        this.#cursors.set(stream, reached);
        this.#hand(
          stream,
          entries.map(({ position }) => position),
        );
        if (reached < last) drained = false;
        if (entries.length > 0) streams.push({ stream, entries });
      }
      return { streams, drained, againInMs: null };
    });
  }

  async pass(stream: StreamName, positions: readonly number[]): Promise<void> {
    const passed = new Set(positions);
    this.#handed.set(
      stream,
      (this.#handed.get(stream) ?? []).filter((position) => !passed.has(position)),
    );
  }

  async ack(stream: StreamName, positions: readonly number[]): Promise<void> {
    const place = await this.#storage.write((tables) => {
      const row = this.#mine(tables, stream);
      const acked = ackOwned(row, positions);
      if (acked !== row) tables.setGroup(this.#member.group, stream, acked);
      return acked.position;
    }, 'visible');
    const handed = this.#handed.get(stream) ?? [];
    const done = handed.findIndex((position) => position > place);
    this.#handed.set(stream, done === -1 ? [] : handed.slice(done));
  }

  async seek(stream: StreamName, position: number): Promise<void> {
    await this.#storage.write((tables) => {
      const row = this.#mine(tables, stream);
      reach(tables, stream, position);
      tables.setGroup(this.#member.group, stream, { ...row, position });
    });
    this.#cursors.set(stream, position);
    this.#handed.set(stream, []);
  }

  delivered(stream: StreamName): number {
    return this.#handed.get(stream)?.length ?? 0;
  }

  #hand(stream: StreamName, positions: readonly number[]): void {
    const handed = this.#handed.get(stream);
    if (handed === undefined) this.#handed.set(stream, [...positions]);
    else for (const position of positions) handed.push(position);
  }

  #mine(tables: ReadTables, stream: StreamName): OwnedRow {
    const { group, consumer } = this.#member;
    const row = tables.group(group, stream);
    if (row?.mode === 'owned' && row.owner === this.#owner) return row;
    const by = row?.mode === 'owned' ? row.consumer : null;
    throw new AlphaError(
      'BUS_GROUP_TAKEN',
      by === null
        ? `Group ${group} was dropped while ${consumer} was reading ${stream}; start this reader again, the group then begins anew.`
        : `${by} took over group ${group} on ${stream} from ${consumer}; stop this reader, or stop the other and start this one again.`,
      { context: { group, stream, consumer, by } },
    );
  }
}

export function startOf(tables: ReadTables, stream: StreamName, from: 'start' | 'end'): number {
  const row = tables.stream(stream);
  if (row === undefined) return 0;
  return from === 'end' ? row.last : row.first - 1;
}

/**
 * A place beyond the end comes from a record that outlived the stream (a power cut, a fresh data folder). New entries
 * must come after it, or they would count as read.
 */
export function reach(tables: WriteTables, stream: StreamName, position: number): void {
  if (position > (tables.stream(stream)?.last ?? 0)) tables.skipTo(stream, position);
}
