import { AlphaError } from '../../errors/alpha-error.js';
import type { AlphaEvent } from '../../events/event.js';
import type { StatusEvent } from '../../events/status.js';
import { silentLogger } from '../../telemetry/logger.js';
import { silentMetrics } from '../../telemetry/metrics.js';
import { isFinal } from '../backoff.js';
import { batchOf, type EventBatch, eventsOf } from '../event-batch.js';
import type { EventBus } from '../event-bus.js';
import type { Publisher } from '../publisher.js';
import { type Series, type SeriesKey, seriesKey, seriesOf } from '../streams.js';
import { Wakes } from '../wakes.js';
import { claimSeries } from './claim-series.js';
import { InFlight, type Sent } from './in-flight.js';
import { type LeftOut, LeftOutNumbers } from './left-out.js';
import { LostEvents } from './lost-events.js';
import { Numbering } from './numbering.js';
import { Overflow } from './overflow.js';
import { Spool, type SpooledBatch, type SpoolPlace } from './spool.js';
import type { SpoolingCounts, SpoolingOptions } from './spooling-options.js';

const MAX_BATCH = 512;
/** Events from disk in memory. */
const READ_AHEAD = 8192;
/** How long a bus that answers and cannot follow is waited for. */
const FULL_MS = 5000;
const TELL_AFTER_MS = 1000;

/**
 * A publisher that never makes its caller wait: it numbers events as they come and hands them on, and while the bus is away
 * puts them on disk in order. Back, the bus gets everything in that order before anything newer. It goes on for as long as
 * the bus is merely away, and stops when another writer takes over. Two things run in the background, the publisher and
 * the reading from disk; `close` ends both.
 */
export class SpoolingPublisher {
  readonly #publisher: Publisher;
  readonly #spool: Spool;
  readonly #overflow: Overflow;
  readonly #numbers: Numbering;
  readonly #options: Required<Omit<SpoolingOptions, 'onFailure' | 'folder' | 'maxBytes'>>;
  readonly #onFailure: (error: unknown) => void;
  readonly #leftoverEnd: SpoolPlace | null;
  readonly #lost: LostEvents;
  readonly #leftOut: LeftOutNumbers;
  readonly #inFlight = new InFlight();
  readonly #wakes = new Wakes();
  /** Since when there is no room in memory; null when there is plenty. */
  #fullSinceMs: number | null = null;
  /** While events go through the disk. */
  #spooling: { readonly sinceMs: number; measuredMs: number; isTold: boolean } | null = null;
  #watch: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown } | null = null;
  #isClosing = false;
  #taken = 0;
  #published = 0;
  #republished = 0;

  /** Claims the series. Throws what the bus says; the data folder's disk may be full. */
  static async open(bus: EventBus, series: readonly Series[], options: SpoolingOptions): Promise<SpoolingPublisher> {
    const { folder, maxBytes, clock, logger = silentLogger, metrics = silentMetrics } = options;
    const spool = new Spool(folder, maxBytes);
    const overflow = new Overflow({ folder, spool, clock, logger, metrics });
    const giveUpAfterMs = Number.POSITIVE_INFINITY;
    const losses = new LostEvents(logger, metrics);
    const { publisher, lost } = await claimSeries(bus, series, spool.leftover, {
      giveUpAfterMs,
      logger,
      onLost: (numbers) => losses.missing(numbers),
    });
    spool.begin(publisher.writer ?? 0, lost);
    return new SpoolingPublisher({ publisher, spool, overflow, lost, losses, series }, options);
  }

  private constructor(
    parts: {
      readonly publisher: Publisher;
      readonly spool: Spool;
      readonly overflow: Overflow;
      readonly lost: readonly SeriesKey[];
      readonly losses: LostEvents;
      readonly series: readonly Series[];
    },
    options: SpoolingOptions,
  ) {
    const { publisher, spool, overflow, series } = parts;
    this.#publisher = publisher;
    this.#spool = spool;
    this.#overflow = overflow;
    const { clock, maxInMemory = 50_000, patienceMs = 250, logger = silentLogger, metrics = silentMetrics } = options;
    this.#options = { clock, maxInMemory, patienceMs, logger, metrics };
    this.#onFailure = options.onFailure ?? (() => {});
    this.#lost = parts.losses;

    const lost = new Set(parts.lost);
    const spooled = new Map([...(spool.leftover?.lastSeq ?? [])].filter(([key]) => !lost.has(key)));
    const onBus = new Map(publisher.lastSeqs);
    this.#leftOut = new LeftOutNumbers(onBus, this.#lost);
    this.#numbers = new Numbering(new Map(series.map((one) => [seriesKey(one), onBus.get(seriesKey(one)) ?? 0])));
    for (const [key, seq] of spooled) this.#numbers.raise(key, seq);
    overflow.begin(this.#numbers, {
      onBus: (key) => (lost.has(key) ? Number.POSITIVE_INFINITY : (onBus.get(key) ?? 0)),
      told: (key) => spooled.get(key) ?? 0,
    });
    this.#leftoverEnd = spool.leftover === null ? null : spool.end;
    if (spool.leftover === null && !overflow.isDropping) return;
    logger.info(
      { events: spool.events, bytes: spool.bytes },
      'Events that an earlier process left are published first.',
    );
    this.#spoolFromNowOn();
  }

  get counts(): SpoolingCounts {
    return { taken: this.#taken, published: this.#published, dropped: this.#overflow.dropped };
  }

  /** Events on disk that the bus is not known to have. */
  get spooledEvents(): number {
    return this.#spool.events;
  }

  /** What is not as it should be, a sentence each: events that wait on disk, or are dropped. */
  get troubles(): readonly string[] {
    const since = this.#spooling?.sinceMs ?? Number.POSITIVE_INFINITY;
    const isSpooling = performance.now() - since > TELL_AFTER_MS;
    const { reason } = this.#overflow;
    return [
      ...(isSpooling ? [`${this.#spool.events} events wait on disk for the bus.`] : []),
      ...(reason === null ? [] : [`Events are dropped. ${reason}`]),
    ];
  }

  /**
   * Numbers the events and takes them over: to the bus, to disk, or into the record of what was dropped. Resolves at once, but
   * for five seconds at most when the bus answers and cannot follow. Throws why publishing ended.
   */
  async take(events: readonly AlphaEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += MAX_BATCH) {
      if (this.#spooling === null && this.#inFlight.events >= this.#options.maxInMemory) await this.#room();
      if (this.#failure !== null) throw this.#failure.error;
      const batch = events.length <= MAX_BATCH ? events : events.slice(from, from + MAX_BATCH);
      if (this.#spooling === null) this.#taken += this.#send(this.#numbers.give(batch)).own;
      else {
        this.#overflow.store(batch);
        this.#taken += batch.filter(({ type }) => type !== 'status').length;
      }
    }
    if (this.#spooling === null) this.#watchBus();
    else {
      this.#tellSpooling();
      this.#wakes.wake();
    }
  }

  /** True once nothing waits on disk; false when that takes longer than `patienceMs`, or `signal` aborts before. */
  async caughtUp(patienceMs: number, signal: AbortSignal): Promise<boolean> {
    const deadline = performance.now() + patienceMs;
    while (this.#spooling !== null && this.#failure === null && !signal.aborted) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) break;
      await this.#changed(leftMs, signal);
    }
    return this.#spooling === null;
  }

  /**
   * Gives the bus `patienceMs` to take the rest, and leaves on disk what it did not take. Idempotent; the bus stays open.
   * Returns how many events the next publisher of the folder will find.
   */
  async close(patienceMs = 1000): Promise<number> {
    const deadline = performance.now() + patienceMs;
    while (!this.#isClosing && this.#failure === null && (this.#spooling !== null || !this.#inFlight.isEmpty)) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) break;
      await this.#changed(leftMs);
    }
    if (this.#isClosing) return this.#spool.events;
    this.#isClosing = true;
    clearTimeout(this.#watch);
    this.#keepSent();
    const lost = this.#takeLost();
    if (lost.length > 0) this.#overflow.store(lost);
    for (const { batch } of this.#inFlight.kept()) this.#overflow.giveUp(batch);
    this.#overflow.close();
    const closed = new AlphaError('BUS_CLOSED', 'The publisher was closed; what the bus had not taken is on disk.');
    this.#publisher.abandon(closed);
    this.#wakes.wake();
    this.#measure();
    this.#spool.close();
    return this.#spool.events;
  }

  #send(batch: EventBatch, from?: SpooledBatch): Sent {
    const isLeft = from !== undefined && this.#isLeftover(from.end);
    const at = from?.at ?? this.#options.clock.now();
    const own = isLeft ? 0 : countMarket(batch);
    const sent = this.#inFlight.add(batch, { at, own, place: from?.end ?? null });
    this.#publisher.publish(batch).then(
      () => this.#acknowledged(sent),
      (error) => this.#failed(error),
    );
    return sent;
  }

  #acknowledged(sent: Sent): void {
    const done = this.#inFlight.settle(sent);
    if (this.#isClosing) return;
    let place: SpoolPlace | null = null;
    for (const one of done) {
      this.#published += one.own;
      if (one.place === null) continue;
      place = one.place;
      this.#options.metrics.count('alpha_bus_drained_events_total', one.batch.length);
    }
    if (this.#inFlight.events < this.#options.maxInMemory / 2) this.#fullSinceMs = null;
    if (place !== null) {
      this.#spool.release(place);
      this.#tellSpooling();
    }
    const { republished } = this.#publisher.counts;
    if (republished > this.#republished) {
      this.#options.metrics.count('alpha_bus_republished_events_total', republished - this.#republished);
      this.#republished = republished;
    }
    if (this.#spooling === null && !this.#lost.isEmpty) this.#tellLost();
    this.#wakes.wake();
  }

  #failed(error: unknown): void {
    if (this.#failure !== null || this.#isClosing) return;
    this.#failure = { error };
    this.#wakes.wake();
    this.#onFailure(error);
  }

  /** Waits for a bus that is behind but answers; when that lasts, events go through the disk. */
  async #room(): Promise<void> {
    const { maxInMemory } = this.#options;
    if (this.#fullSinceMs === null) this.#fullSinceMs = performance.now();
    while (this.#spooling === null && this.#inFlight.events >= maxInMemory && !this.#isOver) {
      const leftMs = this.#fullSinceMs + FULL_MS - performance.now();
      if (leftMs <= 0) this.#startSpooling();
      else await this.#changed(leftMs);
    }
  }

  /** Notices a bus that does not answer. */
  #watchBus(): void {
    if (this.#watch !== undefined || this.#inFlight.isEmpty) return;
    const { patienceMs } = this.#options;
    const leftMs = patienceMs - this.#inFlight.silentMs;
    // A turn later: after a stall of this process its answers are there and not read yet.
    this.#watch = setTimeout(() => setImmediate(() => this.#judgeBus()), Math.max(1, leftMs));
  }

  #judgeBus(): void {
    this.#watch = undefined;
    if (this.#isClosing || this.#spooling !== null) return;
    if (this.#isAnswering) this.#watchBus();
    else this.#startSpooling();
  }

  get #isAnswering(): boolean {
    return this.#inFlight.silentMs < this.#options.patienceMs;
  }

  /** What is on its way goes to disk first, so that order and a kill find it there. */
  #startSpooling(): void {
    this.#leftOut.startFrom(this.#numbers.all());
    this.#keepSent();
    this.#spool.markRead();
    this.#spoolFromNowOn();
  }

  #spoolFromNowOn(): void {
    const now = performance.now();
    this.#spooling = { sinceMs: now, measuredMs: now, isTold: false };
    this.#measure();
    this.#drain().catch((error) => this.#failed(error));
    this.#wakes.wake();
  }

  /** Puts what is in memory alone on disk, in order, as far as there is room. */
  #keepSent(): void {
    for (const sent of this.#inFlight.kept()) {
      sent.place = this.#overflow.keep(sent.batch);
      if (sent.place === null) return;
    }
  }

  /** Reads ahead what is on disk, hands it on, and ends spooling once there is no more and the bus answers. */
  async #drain(): Promise<void> {
    while (!this.#isOver) {
      if (this.#inFlight.events >= READ_AHEAD) {
        await this.#changed();
        continue;
      }
      const batch = this.#spool.next();
      if (batch !== null) await this.#forward(batch.events, batch);
      else if (!this.#isAnswering) await this.#changed();
      else if (!this.#overflow.isDropping) break;
      else if (!this.#overflow.tellOnDisk()) await this.#tellDirectly();
    }
    if (this.#isOver) return;
    if (this.#spooling?.isTold) {
      const seconds = Math.round((performance.now() - this.#spooling.sinceMs) / 1000);
      this.#options.logger.info({ seconds }, 'The bus has everything from disk; events go there directly again.');
    }
    this.#spooling = null;
    this.#measure();
    this.#tellLost();
    this.#watchBus();
    this.#wakes.wake();
  }

  #tellLost(): void {
    const lost = this.#takeLost();
    if (lost.length > 0) this.#send(this.#numbers.give(lost));
  }

  /** Of series that are still ours. */
  #takeLost(): readonly StatusEvent[] {
    return this.#lost.take().filter((event) => this.#numbers.has(seriesKey(seriesOf(event))));
  }

  async #tellDirectly(): Promise<void> {
    await this.#forward(eventsOf(this.#overflow.tellNow()));
    while (!this.#inFlight.isEmpty && !this.#isOver) await this.#changed();
    if (!this.#isOver) this.#overflow.arrived();
  }

  /** Hands events on; where numbers were left out, the bus is told so first. */
  async #forward(events: readonly AlphaEvent[], batch?: SpooledBatch): Promise<void> {
    // The line is not done with before its last part is.
    const unfinished = batch && { ...batch, end: { segment: batch.end.segment, offset: 0 } };
    for (const event of batch?.lost ?? []) this.#lost.overtaken(event);
    for (const part of this.#leftOut.parts(events, batch !== undefined)) {
      for (const range of part.before) await this.#leaveOut(range);
      if (this.#isOver) return;
      this.#send(batchOf(part.events), part.isLast ? batch : unfinished);
    }
  }

  async #leaveOut({ series, to }: LeftOut): Promise<void> {
    while (!this.#inFlight.isEmpty && !this.#isOver) await this.#changed();
    while (!this.#isOver) {
      try {
        await this.#publisher.skipTo(series, to);
        return;
      } catch (error) {
        if (isFinal(error)) throw error;
        this.#options.logger.warn({ error: String(error) }, 'The bus did not answer; it is asked again.');
        await this.#changed(this.#options.patienceMs);
      }
    }
  }

  #isLeftover(end: SpoolPlace): boolean {
    const last = this.#leftoverEnd;
    return last !== null && (end.segment < last.segment || (end.segment === last.segment && end.offset <= last.offset));
  }

  get #isOver(): boolean {
    return this.#isClosing || this.#failure !== null;
  }

  /** Resolves when something happened, or after a while. */
  #changed(ms = Number.POSITIVE_INFINITY, signal?: AbortSignal): Promise<void> {
    return this.#wakes.pause(ms, signal, () => false);
  }

  #tellSpooling(): void {
    const spooling = this.#spooling;
    const now = performance.now();
    if (spooling === null || now - spooling.measuredMs < TELL_AFTER_MS) return;
    spooling.measuredMs = now;
    this.#measure();
    if (spooling.isTold) return;
    spooling.isTold = true;
    this.#options.logger.warn({}, 'The bus does not answer; events are kept on disk until it does.');
  }

  #measure(): void {
    const { metrics, clock } = this.#options;
    const events = this.#spool.events;
    const since = this.#inFlight.oldestAt;
    metrics.set('alpha_bus_spool_bytes', this.#spool.bytes);
    metrics.set('alpha_bus_spool_events', events);
    metrics.set(
      'alpha_bus_spool_oldest_seconds',
      events === 0 || since === undefined ? 0 : (clock.now() - since) / 1000,
    );
  }
}

function countMarket({ runs }: EventBatch): number {
  return runs.reduce((sum, { series, count }) => (series.type === 'status' ? sum : sum + count), 0);
}
