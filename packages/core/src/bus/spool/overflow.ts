import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AlphaEvent } from '../../events/event.js';
import type { StatusEvent } from '../../events/status.js';
import type { Clock } from '../../telemetry/clock.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { EventBatch } from '../event-batch.js';
import { type SeriesKey, seriesKey } from '../streams.js';
import { DroppedRanges } from './dropped-ranges.js';
import type { Numbering } from './numbering.js';
import type { Spool, SpoolPlace } from './spool.js';

export interface OverflowParts {
  readonly folder: string;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Past the bound there is still room for what is said of the events that are dropped. */
const STATUS_BYTES = 1024 ** 2;
const RESERVE_BYTES = 64 * 1024;
const RETRY_DISK_MS = 1000;
/** Of the time, what saving the record may take. */
const SAVE_SHARE = 0.05;
const MAX_HELD = 1000;

/**
 * What the bus cannot take now: on disk up to a bound, and beyond it dropped, with a record of the numbers that are missing. A
 * disk that takes nothing counts as the bound. Nothing is dropped in between: dropping ends for all series together, with one
 * `dropped` status event each, which stands in the spool before anything newer.
 */
export class Overflow {
  readonly #parts: OverflowParts;
  readonly #ranges: DroppedRanges;
  readonly #reserve: string;
  #numbers: Numbering | undefined;
  #reason: string | null = null;
  /** Not before this is the disk tried again, of `performance.now()`. */
  #retryAtMs = 0;
  /** Status events that found no room. They have no numbers yet, so that nothing is missing should they never get one. */
  #held: StatusEvent[] = [];
  #heldLost = 0;
  #dropped = 0;
  /** When the record may be saved again, of `performance.now()`. */
  #saveAtMs = 0;
  #saveTimer: NodeJS.Timeout | undefined;

  constructor(parts: OverflowParts) {
    this.#parts = parts;
    this.#ranges = new DroppedRanges(join(parts.folder, 'dropped.json'));
    this.#reserve = join(parts.folder, 'reserve');
    if (!this.#ranges.isEmpty) this.#reason = 'The spool was full when its collector ended.';
  }

  /** Market events dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  get isDropping(): boolean {
    return this.#reason !== null;
  }

  /** Why events are dropped at the moment; null when they are not. */
  get reason(): string | null {
    return this.#reason;
  }

  /**
   * Begins. Ranges that an earlier process could not tell are told by this one, unless their numbers were used since: `onBus`
   * says where the bus stands, `told` where the spool does.
   */
  begin(
    numbers: Numbering,
    { onBus, told }: { onBus: (key: SeriesKey) => number; told: (key: SeriesKey) => number },
  ): void {
    this.#numbers = numbers;
    for (const { series, to } of this.#ranges.list()) {
      const key = seriesKey(series);
      if (onBus(key) > to || told(key) >= to) this.#ranges.remove(series);
      else numbers.raise(key, to);
    }
    if (this.#ranges.isEmpty) this.#reason = null;
    this.#save(true);
    this.#keepReserve();
  }

  /** Numbers the events and keeps them on disk; what has no place there is dropped. */
  store(events: readonly AlphaEvent[]): void {
    if (this.#reason !== null && !(this.#mayHaveRoom() && this.tellOnDisk())) {
      this.#drop(events);
      return;
    }
    const numbered = this.#numbers!.give(events);
    const refusal = this.#append(numbered);
    if (refusal === null) {
      this.#parts.metrics.count('alpha_bus_spooled_events_total', events.length);
      return;
    }
    this.#numbers!.takeBack(numbered);
    this.#reason = refusal;
    this.#parts.logger.error(
      { reason: refusal },
      'Events are dropped from now on; which ones is published once the bus is back.',
    );
    this.#drop(events);
  }

  /** Puts events that have their numbers on disk; null when there is no room. */
  keep(batch: EventBatch): SpoolPlace | null {
    if (this.#append(batch) !== null) return null;
    this.#parts.metrics.count('alpha_bus_spooled_events_total', batch.length);
    return this.#parts.spool.end;
  }

  /** Notes events that have their numbers and were kept nowhere: there was no room for them, and now there is no time. */
  giveUp({ runs }: EventBatch): void {
    this.#reason ??= 'There was no room for them on disk when the collector ended.';
    for (const run of runs) if (this.#ranges.add(run)) this.#dropped += run.count;
  }

  /** Ends dropping, with its record on disk. False when there is no room for it. */
  tellOnDisk(): boolean {
    const told = this.#record();
    const refusal = told.length === 0 ? null : this.#append(told, STATUS_BYTES);
    if (refusal === null) this.#stopDropping();
    else this.#numbers!.takeBack(told);
    return refusal === null;
  }

  /** Ends dropping and hands over its record, which could not go to disk; the caller says when it has `arrived`. */
  tellNow(): EventBatch {
    const told = this.#record();
    this.#stopDropping(true);
    return told;
  }

  /** The bus has the record. A process killed before this leaves it to the next, which may tell it twice. */
  arrived(): void {
    this.#ranges.arrived();
  }

  close(): void {
    if (this.#reason !== null && !this.tellOnDisk()) this.#save(true);
    clearTimeout(this.#saveTimer);
    rmSync(this.#reserve, { force: true });
  }

  #drop(events: readonly AlphaEvent[]): void {
    for (const event of events) if (event.type === 'status') this.#hold(event);
    const { runs } = this.#numbers!.give(events.filter(({ type }) => type !== 'status'));
    for (const run of runs) {
      if (!this.#ranges.add(run)) continue;
      this.#dropped += run.count;
      this.#parts.metrics.count('alpha_bus_dropped_events_total', run.count, { stream: run.series.stream });
    }
    this.#save();
  }

  /** What became of the feed is kept where market events are not. */
  #hold(event: StatusEvent): void {
    if (this.#held.length === 0) {
      const numbered = this.#numbers!.give([event]);
      if (this.#append(numbered, STATUS_BYTES) === null) return;
      this.#numbers!.takeBack(numbered);
    }
    if (this.#held.length < MAX_HELD) this.#held.push(event);
    else this.#heldLost++;
  }

  #record(): EventBatch {
    return this.#numbers!.give([...this.#held, ...this.#ranges.events(this.#reason ?? '')]);
  }

  #stopDropping(isUnderway = false): void {
    if (this.#reason === null) return;
    const { count } = this.#ranges;
    const lost = this.#heldLost > 0 ? { statusEventsLost: this.#heldLost } : {};
    this.#parts.logger.warn({ dropped: count, reason: this.#reason, ...lost }, 'Events were dropped; no more are now.');
    this.#reason = null;
    this.#held = [];
    this.#heldLost = 0;
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    if (isUnderway) this.#ranges.send();
    else this.#ranges.clear();
    this.#keepReserve();
  }

  #mayHaveRoom(): boolean {
    const { spool } = this.#parts;
    return performance.now() >= this.#retryAtMs && spool.fits(spool.maxBytes / 10);
  }

  /** Why there was no room; null when there was. */
  #append(batch: EventBatch, beyond = 0): string | null {
    const { spool, clock } = this.#parts;
    try {
      if (spool.append(clock.now(), batch, beyond) !== null) return null;
      return `The spool is full (${Math.round(spool.maxBytes / 1024 ** 2)} MB).`;
    } catch (error) {
      this.#retryAtMs = performance.now() + RETRY_DISK_MS;
      return `The disk of the spool takes nothing (${codeOf(error)}).`;
    }
  }

  /** At once, or in a few milliseconds: a kill takes no more of the record than it takes of what was just received. */
  #save(now = false): void {
    const begunMs = performance.now();
    if (!now && begunMs < this.#saveAtMs) {
      this.#saveTimer ??= setTimeout(() => this.#save(true), this.#saveAtMs - begunMs);
      return;
    }
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    try {
      this.#ranges.save();
    } catch {
      // The disk is full: this is what the reserve is for.
      rmSync(this.#reserve, { force: true });
      this.#tryOnce(() => this.#ranges.save());
    }
    const savedMs = performance.now();
    this.#saveAtMs = savedMs + (savedMs - begunMs) / SAVE_SHARE;
  }

  #keepReserve(): void {
    this.#tryOnce(() => writeFileSync(this.#reserve, Buffer.alloc(RESERVE_BYTES), { mode: 0o600 }));
  }

  #tryOnce(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parts.logger.debug({ error: String(error) }, 'The disk of the spool is full.');
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
