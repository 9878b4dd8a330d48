import { AlphaError } from '../../errors/alpha-error.js';
import type { AlphaEvent } from '../../events/event.js';
import type { Clock } from '../../telemetry/clock.js';
import type { Logger } from '../../telemetry/logger.js';
import { type DeadLetter, deadLetterStream, decodeDeadLetter } from '../dead-letter.js';
import { DeadLetterLog } from '../dead-letter-log.js';
import { decodeEntries } from '../decode-entries.js';
import { batchesBy, batchOf, type EventBatch } from '../event-batch.js';
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
} from '../event-bus.js';
import { fenced } from '../refusals.js';
import { type Partition, partitionOf, type Series, type SeriesKey, type StreamName, seriesKey } from '../streams.js';
import { AppendLine } from './append-line.js';
import { appendCall } from './append-script.js';
import { groupLag } from './group-lag.js';
import { DROP_SCRIPT, TRIM_SCRIPT } from './group-scripts.js';
import { buryLetter, putLettersBack } from './redis-dead-letters.js';
import { entryOf, placeOfId, type RawEntry } from './redis-entry.js';
import { bookKey, ownerKey, WRITER_KEY } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import { RedisOwnedPlaces } from './redis-owned-places.js';
import { RedisRetention, type RetentionOptions } from './redis-retention.js';
import { runScript } from './redis-script.js';
import { RedisSharedPlaces } from './redis-shared-places.js';
import { type Bury, RedisSubscription } from './redis-subscription.js';
import { CLAIM_SCRIPT, WRITER_SCRIPT } from './series-scripts.js';
import { groupNames, streamInfos, streamNames } from './stream-info.js';

interface RedisBusParts {
  readonly partition: Partition;
  readonly logger: Logger;
  readonly clock: Clock | undefined;
  readonly retention: RetentionOptions | undefined;
}

/** Entries removed by one call of the script: it holds up Redis for about half a millisecond. */
const TRIM_STEP = 1000;

/**
 * The bus on Redis Streams. Publishing goes through lines that keep order over cut connections (one for the whole server; on
 * a Cluster one for each stream); each subscription that reads has a connection of its own. Nothing runs in the background
 * but reconnecting; `close` ends it.
 */
export class RedisBus implements EventBus {
  readonly partition: Partition;
  readonly #link: RedisLink;
  readonly #clock: Clock | undefined;
  readonly #lines = new Map<StreamName, AppendLine>();
  readonly #subscriptions = new Set<RedisSubscription>();
  readonly #retention: RedisRetention | undefined;
  readonly #deadLetterLog: DeadLetterLog;
  readonly #streamFor = (series: Series) => partitionOf(series, this.partition);
  #closed: Promise<void> | null = null;

  constructor(link: RedisLink, options: RedisBusParts) {
    this.#link = link;
    this.partition = options.partition;
    this.#clock = options.clock;
    this.#deadLetterLog = new DeadLetterLog(options.logger);
    if (options.retention === undefined) return;
    const { clock, logger } = options;
    const trim = (stream: StreamName, keep: number, before: EntryId) => this.#trimBefore(stream, keep, before);
    this.#retention = new RedisRetention({ link, logger, clock, trim }, options.retention);
    this.#retention.start();
  }

  async claim(series: readonly Series[], as?: WriterId, atLeast?: ReadonlyMap<SeriesKey, number>): Promise<Claim> {
    this.#assertOpen();
    const writer = as ?? Number(await this.#link.call((client) => runScript(client, WRITER_SCRIPT, [WRITER_KEY], [])));
    const byStream = new Map<StreamName, SeriesKey[]>();
    for (const one of series) {
      const stream = partitionOf(one, this.partition);
      byStream.set(stream, [...(byStream.get(stream) ?? []), seriesKey(one)]);
    }
    const lastSeq = new Map<SeriesKey, number>(series.map((one) => [seriesKey(one), 0]));
    for (const [stream, keys] of byStream) {
      const args = [String(writer), ...keys.flatMap((key) => [key, String(atLeast?.get(key) ?? 0)])];
      const answer = (await this.#link.call((client) =>
        runScript(client, CLAIM_SCRIPT, [bookKey(stream)], args),
      )) as string[];
      if (answer[0] === 'fenced') throw fenced(answer[1]!, writer, Number(answer[2]));
      for (const [index, key] of keys.entries()) lastSeq.set(key, Number(answer[index]));
    }
    return { writer, lastSeq };
  }

  async publish(writer: WriterId | null, events: readonly AlphaEvent[] | EventBatch): Promise<PublishResult> {
    this.#assertOpen();
    if (events.length === 0) return { appended: 0, skipped: 0 };
    const batch = batchOf(events);
    if (!this.#link.isCluster) return this.#line('').send(appendCall(writer, batch, this.#streamFor));
    return this.#publishApart(writer, batch);
  }

  async subscribe(options: SubscribeOptions): Promise<Subscription> {
    this.#assertOpen();
    const { group, consumer, mode = 'owned', from = 'start', redeliverAfterMs = 30_000 } = options;
    const member = { group, consumer, streams: [...new Set(options.streams)], from };
    const places =
      mode === 'owned'
        ? await RedisOwnedPlaces.take(this.#link, member)
        : await RedisSharedPlaces.join(this.#link, { ...member, redeliverAfterMs }, this.#clock);
    const subscription = new RedisSubscription(this.#link, group, places, {
      bury: this.#buryFor(options),
      onClose: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async range(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly Delivery[]> {
    const entries = (await this.#raw(stream, after, limit)).map(entryOf);
    return decodeEntries(entries).good.map(({ entry, event }) => ({ stream, id: entry.id, event }));
  }

  async latest(stream: StreamName, before: EntryId | null, limit: number): Promise<readonly Delivery[]> {
    this.#assertOpen();
    const end = before === null ? '+' : `(${placeOfId(before)}`;
    const count = Math.max(1, limit);
    const raw = await this.#link.call((client) => client.xrevrange(stream, end, '-', 'COUNT', count));
    const { good } = decodeEntries(raw.toReversed().map(entryOf));
    return good.map(({ entry, event }) => ({ stream, id: entry.id, event }));
  }

  async deadLetters(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly DeadLetter[]> {
    const raw = await this.#raw(deadLetterStream(stream), after, limit);
    return raw.map((entry) => decodeDeadLetter(entryOf(entry).text));
  }

  async putBack(stream: StreamName, entryIds: readonly EntryId[]): Promise<number> {
    this.#assertOpen();
    return putLettersBack(this.#link, stream, entryIds);
  }

  async streams(): Promise<readonly StreamInfo[]> {
    this.#assertOpen();
    return streamInfos(this.#link);
  }

  async lag(group?: string): Promise<readonly GroupLag[]> {
    this.#assertOpen();
    const found: GroupLag[] = [];
    for (const stream of await streamNames(this.#link)) {
      for (const name of await groupNames(this.#link, stream)) {
        if (group !== undefined && name !== group) continue;
        const lag = await groupLag(this.#link, name, stream, this.#deliveredHere(name, stream));
        if (lag !== null) found.push(lag);
      }
    }
    return found;
  }

  async dropGroup(group: string): Promise<void> {
    this.#assertOpen();
    for (const stream of await streamNames(this.#link)) {
      await this.#link.call((client) => runScript(client, DROP_SCRIPT, [stream, ownerKey(stream, group)], [group]));
    }
  }

  async trim(stream: StreamName, keep: number): Promise<number> {
    return this.#trimBefore(stream, keep, '+');
  }

  /** As `trim`, and only entries before an id; `+` for all. */
  async #trimBefore(stream: StreamName, keep: number, before: EntryId | '+'): Promise<number> {
    this.#assertOpen();
    const args = [String(Math.max(0, Math.floor(keep))), String(TRIM_STEP), before];
    let removed = 0;
    for (;;) {
      const step = await this.#link.call((client) => runScript(client, TRIM_SCRIPT, [stream], args));
      removed += Number(step);
      if (Number(step) < TRIM_STEP) return removed;
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    for (const subscription of [...this.#subscriptions]) await subscription.close();
    this.#link.end();
    await this.#retention?.stop();
    for (const line of this.#lines.values()) await line.settled();
    this.#link.disconnect();
  }

  /** On a Cluster a script sees one slot: each stream has its own call, and what holds for a call holds for that part. */
  async #publishApart(writer: WriterId | null, batch: EventBatch): Promise<PublishResult> {
    const results = await Promise.allSettled(
      [...batchesBy(batch, this.#streamFor)].map(([stream, part]) =>
        this.#line(stream).send(appendCall(writer, part, this.#streamFor)),
      ),
    );
    let appended = 0;
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      appended += result.value.appended;
    }
    return { appended, skipped: batch.length - appended };
  }

  #line(name: StreamName): AppendLine {
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = new AppendLine(this.#link);
      this.#lines.set(name, line);
    }
    return line;
  }

  #buryFor({ group, onDeadLetters }: SubscribeOptions): Bury {
    return async (stream, bad) => {
      const buried: DeadLetter[] = [];
      for (const { entry, reason } of bad) {
        const recv_ts = this.#clock?.now() ?? Date.now();
        const letter = { stream, entry_id: entry.id, reason, text: entry.text, group, recv_ts };
        if (await buryLetter(this.#link, letter)) buried.push(letter);
      }
      if (buried.length === 0) return;
      this.#deadLetterLog.tell(buried);
      onDeadLetters?.(buried);
    };
  }

  async #raw(stream: StreamName, after: EntryId | null, limit: number): Promise<readonly RawEntry[]> {
    this.#assertOpen();
    const from = `(${placeOfId(after)}`;
    return this.#link.call((client) => client.xrange(stream, from, '+', 'COUNT', Math.max(1, limit)));
  }

  /** What an owned group has in hand is known only where it reads. */
  #deliveredHere(group: string, stream: StreamName): number {
    for (const subscription of this.#subscriptions) {
      if (subscription.group === group) return subscription.delivered(stream);
    }
    return 0;
  }

  #assertOpen(): void {
    if (this.#closed) throw new AlphaError('BUS_CLOSED', 'The bus was closed; open it again before using it.');
  }
}
