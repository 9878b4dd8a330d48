import { setTimeout } from 'node:timers/promises';
import type { ArchiveWriter } from '../archive/archive.js';
import type { EntryId, EventBus, Subscription } from '../bus/event-bus.js';
import { MARKET_STREAMS, type StreamName } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import { DAY_MS } from '../store/raw-events.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { type Metrics, silentMetrics } from '../telemetry/metrics.js';

export interface ArchiverOptions {
  readonly bus: EventBus;
  readonly writer: ArchiveWriter;
  /** One per archive: two archives of the same bus need two groups. */
  readonly group: string;
  readonly consumer: string;
  /** Default: `md:trade`, `md:orderbook`, `md:ticker`, `md:status`. */
  readonly streams?: readonly StreamName[];
  readonly logger: Logger;
  readonly wallClock: Clock;
  readonly metrics?: Metrics;
  /** Rows after which what was read is made durable. Default 20 000. */
  readonly flushRows?: number;
  /** Wall milliseconds after which it is, however little it is. Default 2000. */
  readonly flushMs?: number;
  /** Days that ended longer ago are dropped. Absent: nothing is. */
  readonly retentionDays?: number;
}

export interface ArchiverReport {
  /** Events read from the bus, repeated ones too. */
  readonly read: number;
  /** Rows new in the archive. */
  readonly archived: number;
}

const READ_LIMIT = 5000;
const IDLE_MS = 1000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;
/** How long the last rows may take on the way out; what is not durable then was not acknowledged and is read again. */
const LAST_FLUSH_MS = 10_000;
const RETENTION_EVERY_MS = 3_600_000;

/**
 * The archiver: `md:*` → archive, until `signal` aborts. Its group is an owned one: a series must reach its file in the order
 * of `seq`, and the second of two archivers ends the first (`BUS_GROUP_TAKEN`). It acknowledges what is durable and nothing
 * else, so a kill repeats entries; the archive leaves out what it has. A full disk or an absent database is waited for.
 */
export async function runArchiver(options: ArchiverOptions, signal: AbortSignal): Promise<ArchiverReport> {
  const { bus, group, consumer, streams = MARKET_STREAMS, logger } = options;
  const subscription = await bus.subscribe({ group, consumer, streams });
  const archiver = new Archiver(options, subscription, signal);
  logger.info({ group, streams }, 'archiver started');
  try {
    await archiver.run();
  } finally {
    await subscription.close();
  }
  logger.info({ ...archiver.report }, 'archiver stopped');
  return archiver.report;
}

class Archiver {
  readonly #options: ArchiverOptions;
  readonly #subscription: Subscription;
  readonly #signal: AbortSignal;
  readonly #metrics: Metrics;
  /** Last entry taken of each stream and not acknowledged. */
  readonly #taken = new Map<StreamName, EntryId>();
  #held = 0;
  #dueMs = 0;
  #retentionDueMs = 0;
  #read = 0;
  #archived = 0;

  constructor(options: ArchiverOptions, subscription: Subscription, signal: AbortSignal) {
    this.#options = options;
    this.#subscription = subscription;
    this.#signal = signal;
    this.#metrics = options.metrics ?? silentMetrics;
  }

  get report(): ArchiverReport {
    return { read: this.#read, archived: this.#archived };
  }

  async run(): Promise<void> {
    const { flushRows = 20_000 } = this.#options;
    while (!this.#signal.aborted) {
      await this.#dropOldDays();
      await this.#take();
      if (this.#held >= flushRows || (this.#held > 0 && performance.now() >= this.#dueMs)) await this.#save();
    }
    await this.#save();
  }

  async #take(): Promise<void> {
    const { flushMs = 2000, writer } = this.#options;
    const waitMs = this.#held > 0 ? Math.max(0, this.#dueMs - performance.now()) : IDLE_MS;
    const options = { limit: READ_LIMIT, waitMs, signal: this.#signal };
    const { deliveries } = await this.#persist('The bus did not answer.', () => this.#subscription.read(options));
    if (deliveries.length === 0) return;
    const events = deliveries.map(({ event }) => event);
    await this.#persist('The archive could not be read.', () => writer.add(events));
    for (const { stream, id } of deliveries) this.#taken.set(stream, id);
    if (this.#held === 0) this.#dueMs = performance.now() + flushMs;
    this.#held += deliveries.length;
    this.#read += deliveries.length;
    this.#metrics.set('alpha_archive_waiting_rows', this.#held);
  }

  /** Durable first, then acknowledged. */
  async #save(): Promise<void> {
    if (this.#held === 0) return;
    const begun = performance.now();
    const archived = await this.#persist('The archive could not be written.', () => this.#options.writer.flush());
    this.#metrics.observe('alpha_archive_flush_seconds', (performance.now() - begun) / 1000);
    this.#metrics.count('alpha_archive_rows_total', archived);
    this.#archived += archived;
    this.#held = 0;
    this.#metrics.set('alpha_archive_waiting_rows', 0);
    for (const [stream, id] of this.#taken) {
      await this.#persist('The bus did not answer.', () => this.#subscription.ack(stream, [id]));
    }
    this.#taken.clear();
  }

  async #dropOldDays(): Promise<void> {
    const { retentionDays, wallClock, writer, logger } = this.#options;
    if (retentionDays === undefined || performance.now() < this.#retentionDueMs) return;
    this.#retentionDueMs = performance.now() + RETENTION_EVERY_MS;
    const before = wallClock.now() - retentionDays * DAY_MS;
    const dropped = await this.#persist('Old days could not be dropped.', () => writer.dropBefore(before));
    if (dropped) logger.info({ dropped, retentionDays }, 'Old days were dropped from the archive.');
  }

  /**
   * Repeats what may succeed later, with pauses that double. Once told to stop it goes on for a moment, then throws: what
   * was not acknowledged is read again by the next archiver.
   */
  async #persist<T>(problem: string, work: () => Promise<T>): Promise<T> {
    let stopBy = Number.POSITIVE_INFINITY;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      try {
        return await work();
      } catch (error) {
        if (!AlphaError.is(error) || !error.retryable) throw error;
        this.#metrics.count('alpha_archive_retries_total', 1);
        this.#options.logger.warn({ code: error.code, error: error.message, pause }, `${problem} It is tried again.`);
        if (this.#signal.aborted && stopBy === Number.POSITIVE_INFINITY) stopBy = performance.now() + LAST_FLUSH_MS;
        if (performance.now() >= stopBy) throw error;
        await setTimeout(pause, undefined, this.#signal.aborted ? {} : { signal: this.#signal }).catch(() => {});
      }
    }
  }
}
