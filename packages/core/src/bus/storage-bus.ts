import { AlphaError } from '../errors/alpha-error.js';
import type { AlphaEvent } from '../events/event.js';
import type { Clock } from '../telemetry/clock.js';
import { type Logger, silentLogger } from '../telemetry/logger.js';
import { decideAppend } from './append.js';
import { type DeadLetter, deadLetterStream } from './dead-letter.js';
import { DeadLetterLog } from './dead-letter-log.js';
import { deadLettersOf, decodeEntries } from './decode-entries.js';
import { entryId, positionOf } from './entry-id.js';
import { batchOf, type EventBatch } from './event-batch.js';
import type {
  Claim,
  Delivery,
  EntryId,
  EventBus,
  GroupLag,
  PublishResult,
  StreamInfo,
  SubscribeOptions,
  Subscription,
  WriterId,
} from './event-bus.js';
import { placeOf, trimPoint, unacknowledged } from './group.js';
import { GroupSubscription } from './group-subscription.js';
import { OwnedPlaces } from './owned-places.js';
import { fenced, hole } from './refusals.js';
import { SharedPlaces } from './shared-places.js';
import type { BusStorage, ReadTables, WriteTables } from './storage.js';
import { type Series, type SeriesKey, type StreamName, seriesKey } from './streams.js';

/** The promises of `EventBus` over any `BusStorage`: what is appended, who reads what, what may be removed. */
export class StorageBus implements EventBus {
  readonly partition = 'none';
  readonly #storage: BusStorage;
  readonly #subscriptions = new Set<GroupSubscription>();
  readonly #writing = new Set<Promise<unknown>>();
  readonly #deadLetterLog: DeadLetterLog;
  #closed: Promise<void> | null = null;

  /** `clock` decides when an entry of a shared group counts as left, for tests; without it wall time does. */
  constructor(storage: BusStorage, clock?: Clock, logger: Logger = silentLogger) {
    this.#deadLetterLog = new DeadLetterLog(logger);
    this.#storage = clock === undefined ? storage : onClock(storage, clock);
  }

  async claim(series: readonly Series[], as?: WriterId, atLeast?: ReadonlyMap<SeriesKey, number>): Promise<Claim> {
    const keys = series.map(seriesKey);
    return this.#write((tables) => {
      const lastSeq = new Map<SeriesKey, number>();
      for (const key of keys) {
        const row = tables.series(key);
        if (as !== undefined && row !== undefined && row.writer > as) throw fenced(key, as, row.writer);
        lastSeq.set(key, Math.max(row?.seq ?? 0, atLeast?.get(key) ?? 0));
      }
      const writer = as ?? tables.nextNumber();
      for (const [key, seq] of lastSeq) tables.setSeries(key, { writer, seq });
      return { writer, lastSeq };
    });
  }

  async publish(writer: WriterId | null, events: readonly AlphaEvent[] | EventBatch): Promise<PublishResult> {
    const batch = batchOf(events);
    return this.#write((tables) => {
      const decision = decideAppend(batch.runs, writer, (key) => tables.series(key));
      if (decision.kind === 'fenced') throw fenced(decision.series, writer, decision.holder);
      if (decision.kind === 'hole') throw hole(decision);

      for (const [stream, texts] of newTexts(batch, decision.skips)) tables.append(stream, texts);
      for (const [key, row] of decision.rows) tables.setSeries(key, row);
      return { appended: decision.appended, skipped: batch.length - decision.appended };
    });
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { group, consumer, mode = 'owned', from = 'start', redeliverAfterMs = 30_000 } = options;
    const streams = [...new Set(options.streams)];
    const member = { group, consumer, streams, from };
    const places = await this.#write((tables) =>
      mode === 'owned'
        ? OwnedPlaces.take(this.#storage, tables, member)
        : SharedPlaces.join(this.#storage, tables, { ...member, redeliverAfterMs }),
    );
    const subscription = new GroupSubscription(this.#storage, group, places, {
      onClose: () => this.#subscriptions.delete(subscription),
      onDeadLetters: (letters) => {
        if (letters.length === 0) return;
        this.#deadLetterLog.tell(letters);
        options.onDeadLetters?.(letters);
      },
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async range(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly Delivery[]> {
    const entries = this.#read((tables) => tables.entries(stream, positionOf(after), limit));
    return decodeEntries(entries).good.map(({ entry, event }) => ({ stream, id: entryId(entry.position), event }));
  }

  async latest(stream: StreamName, before: EntryId | null, limit: number): Promise<readonly Delivery[]> {
    const entries = this.#read((tables) => {
      const { first, last } = tables.stream(stream) ?? { first: 1, last: 0 };
      const end = before === null ? last : Math.min(last, positionOf(before) - 1);
      // Positions may have been left out: looks further back until something is found.
      for (let start = end - limit; ; start -= limit) {
        const found = tables.entries(stream, start, limit).filter(({ position }) => position <= end);
        if (found.length > 0 || start < first) return found;
      }
    });
    return decodeEntries(entries).good.map(({ entry, event }) => ({ stream, id: entryId(entry.position), event }));
  }

  async deadLetters(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly DeadLetter[]> {
    return this.#read((tables) => {
      const letters: DeadLetter[] = [];
      for (const { letter } of deadLettersOf(tables, stream, positionOf(after))) {
        if (letters.length >= limit) break;
        letters.push(letter);
      }
      return letters;
    });
  }

  async putBack(stream: StreamName, entryIds: readonly EntryId[]): Promise<number> {
    const wanted = new Set(entryIds);
    return this.#write((tables) => {
      const found = [...deadLettersOf(tables, stream, 0)].filter(({ letter }) => wanted.has(letter.entry_id));
      if (found.length === 0) return 0;
      tables.append(
        stream,
        found.map(({ letter }) => letter.text),
      );
      // A mark on the dead-letter stream says that the letter there was put back.
      for (const { position } of found) tables.markDead(deadLetterStream(stream), position);
      return found.length;
    });
  }

  async streams(): Promise<readonly StreamInfo[]> {
    return this.#read((tables) =>
      tables.streams().map(([stream, { first, last }]) => ({
        stream,
        length: last - first + 1,
        firstId: first > last ? null : entryId(first),
        lastId: first > last ? null : entryId(last),
      })),
    );
  }

  async lag(group?: string): Promise<readonly GroupLag[]> {
    return this.#read((tables) =>
      tables
        .groups()
        .filter((entry) => group === undefined || entry.group === group)
        .map(({ group, stream, row }) => {
          const place = placeOf(row);
          return {
            group,
            stream,
            lag: unacknowledged(row, tables.stream(stream)?.last ?? 0),
            pending: row.mode === 'shared' ? row.pending.length : this.#deliveredHere(group, stream),
            position: place === 0 ? null : entryId(place),
          };
        }),
    );
  }

  async dropGroup(group: string): Promise<void> {
    await this.#write((tables) => {
      for (const entry of tables.groups()) if (entry.group === group) tables.deleteGroup(group, entry.stream);
    });
  }

  async trim(stream: StreamName, keep: number): Promise<number> {
    return this.#write((tables) => {
      const row = tables.stream(stream);
      if (row === undefined) return 0;
      const groups = tables.groups().filter((entry) => entry.stream === stream);
      const first = trimPoint(row, Math.max(0, Math.floor(keep)), groups);
      if (first > row.first) tables.removeBefore(stream, first);
      return first - row.first;
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    for (const subscription of [...this.#subscriptions]) await subscription.close();
    await Promise.allSettled(this.#writing);
    await this.#storage.close();
  }

  /** An owned group writes nothing when it reads, so what it has in hand is known only where it reads. */
  #deliveredHere(group: string, stream: StreamName): number {
    for (const subscription of this.#subscriptions) {
      if (subscription.group === group) return subscription.delivered(stream);
    }
    return 0;
  }

  #read<T>(work: (tables: ReadTables) => T): T {
    this.#assertOpen();
    return this.#storage.read(work);
  }

  #write<T>(work: (tables: WriteTables) => T): Promise<T> {
    this.#assertOpen();
    const writing = this.#storage.write(work);
    this.#writing.add(writing);
    const done = () => this.#writing.delete(writing);
    writing.then(done, done);
    return writing;
  }

  #assertOpen(): void {
    if (this.#closed) throw new AlphaError('BUS_CLOSED', 'The bus was closed; open it again before using it.');
  }
}

function onClock(storage: BusStorage, clock: Clock): BusStorage {
  return {
    write: (work, until) => storage.write(work, until),
    read: (work) => storage.read(work),
    changes: storage.changes,
    get pollMs() {
      return storage.pollMs;
    },
    now: () => clock.now(),
    close: () => storage.close(),
  };
}

/** What is appended to each stream; `skips` says how many of each run are there already. */
function newTexts({ runs, text }: EventBatch, skips: readonly number[]): ReadonlyMap<StreamName, readonly string[]> {
  const lines = text.split('\n');
  const texts = new Map<StreamName, string[]>();
  let at = 0;
  runs.forEach(({ series: { stream }, count }, index) => {
    const list = texts.get(stream) ?? [];
    for (let n = skips[index]!; n < count; n++) list.push(lines[at + n]!);
    if (list.length > 0) texts.set(stream, list);
    at += count;
  });
  return texts;
}
