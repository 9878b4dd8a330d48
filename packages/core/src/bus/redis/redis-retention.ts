import type { Clock } from '../../telemetry/clock.js';
import type { Logger } from '../../telemetry/logger.js';
import type { EntryId } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import { fieldsOf, msOfId } from './redis-entry.js';
import { bookKey } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import { streamNames } from './stream-info.js';

/** How much of the streams is kept. One process of a bus does this, the collector. */
export interface RetentionOptions {
  /** Entries of a stream that stay when every group has read them. Default 1 000 000. */
  readonly keepEntries?: number;
  /** Nothing younger is removed, milliseconds of Redis's clock. Default one hour. */
  readonly minAgeMs?: number;
  /** With more than this, nothing is appended to the stream until its readers have caught up. Default 10 000 000. */
  readonly ceilingEntries?: number;
  /** The same in bytes of memory, as Redis counts them. Default 4 GiB. */
  readonly ceilingBytes?: number;
  /** A group that holds back entries older than this is reported as abandoned. Default one day. */
  readonly abandonedAfterMs?: number;
  /** Between two sweeps, milliseconds of wall time. Default 5000. */
  readonly everyMs?: number;
}

export interface AbandonedGroup {
  readonly group: string;
  readonly stream: StreamName;
  /** Age of the place it stands at. */
  readonly ageMs: number;
}

export interface Sweep {
  readonly removed: number;
  /** Streams that take nothing now. */
  readonly full: readonly StreamName[];
  readonly abandoned: readonly AbandonedGroup[];
}

interface Parts {
  readonly link: RedisLink;
  readonly logger: Logger;
  readonly clock: Clock | undefined;
  /** `RedisBus.trimBefore`. */
  readonly trim: (stream: StreamName, keep: number, before: EntryId) => Promise<number>;
}

/**
 * Removes what every group has read and is old enough, and shuts a stream at its hard ceiling rather than lose what a
 * group still needs. A group that nobody reads any more is told to the log, never dropped here: that is for people to decide.
 */
export class RedisRetention {
  readonly #parts: Parts;
  readonly #options: Required<RetentionOptions>;
  readonly #told = new Set<string>();
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(parts: Parts, options: RetentionOptions) {
    this.#parts = parts;
    this.#options = {
      keepEntries: 1_000_000,
      minAgeMs: 3_600_000,
      ceilingEntries: 10_000_000,
      ceilingBytes: 4 * 1024 ** 3,
      abandonedAfterMs: 86_400_000,
      everyMs: 5000,
      ...options,
    };
  }

  /** Sweeps until `stop`. */
  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async sweep(): Promise<Sweep> {
    const nowMs = await this.#now();
    let removed = 0;
    const full: StreamName[] = [];
    const abandoned: AbandonedGroup[] = [];
    for (const stream of await streamNames(this.#parts.link)) {
      const before = `${Math.max(0, nowMs - this.#options.minAgeMs)}-0`;
      removed += await this.#parts.trim(stream, this.#options.keepEntries, before);
      if (await this.#shut(stream)) full.push(stream);
      abandoned.push(...(await this.#abandoned(stream, nowMs)));
    }
    return { removed, full, abandoned };
  }

  async #run(): Promise<void> {
    const { link, logger } = this.#parts;
    while (!this.#stopped && !link.closed) {
      await this.sweep().catch((error) => {
        if (!this.#stopped && !link.closed)
          logger.warn({ error: String(error) }, 'The streams could not be trimmed; it is tried again.');
      });
      await link.pause(this.#options.everyMs);
    }
  }

  /** Marks the stream as full, or no longer so. Redis looks at the mark before it appends. */
  async #shut(stream: StreamName): Promise<boolean> {
    const { link, logger } = this.#parts;
    const length = await link.call((client) => client.xlen(stream));
    const bytes = Number(await link.call((client) => client.memory('USAGE', stream)));
    const { ceilingBytes, ceilingEntries } = this.#options;
    const reason = length > ceilingEntries ? `${length} entries` : bytes > ceilingBytes ? `${bytes} bytes` : null;
    const book = bookKey(stream);
    const was = await link.call((client) => client.hget(book, 'full'));
    if (reason !== null) await link.call((client) => client.hset(book, 'full', reason));
    else if (was !== null) await link.call((client) => client.hdel(book, 'full'));
    if (reason !== null && was === null)
      logger.error(
        { stream, reason },
        'The stream is at its ceiling and takes nothing more until its readers catch up.',
      );
    if (reason === null && was !== null) logger.info({ stream }, 'The stream takes entries again.');
    return reason !== null;
  }

  async #abandoned(stream: StreamName, nowMs: number): Promise<AbandonedGroup[]> {
    const { link, logger } = this.#parts;
    const info = fieldsOf(await link.call((client) => client.xinfo('STREAM', stream)));
    const last = String(info.get('last-generated-id'));
    const groups = (await link.call((client) => client.xinfo('GROUPS', stream))) as unknown[];
    const found: AbandonedGroup[] = [];
    for (const fields of groups.map(fieldsOf)) {
      const group = String(fields.get('name'));
      const place = String(fields.get('last-delivered-id'));
      const first = (info.get('first-entry') as readonly [string] | null)?.[0];
      // A group that never read stands before the first entry: what it holds back is as old as that.
      const sinceMs = Math.max(msOfId(place), first === undefined ? nowMs : msOfId(first));
      const ageMs = nowMs - sinceMs;
      const key = `${stream} ${group}`;
      if (place === last || ageMs < this.#options.abandonedAfterMs) {
        this.#told.delete(key);
        continue;
      }
      found.push({ group, stream, ageMs });
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      logger.warn(
        { group, stream, ageMs },
        'Nobody seems to read this group any more, and it keeps the stream from being trimmed; start its reader or drop the group.',
      );
    }
    return found;
  }

  async #now(): Promise<number> {
    if (this.#parts.clock !== undefined) return this.#parts.clock.now();
    const [seconds] = await this.#parts.link.call((client) => client.time());
    return Number(seconds) * 1000;
  }
}
