import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { AlphaEvent } from '../events/event.js';
import { type Logger, silentLogger } from '../telemetry/logger.js';
import { Backoff, isFinal } from './backoff.js';
import { ClaimedSeries } from './claimed-series.js';
import { type EventBatch, joinBatches } from './event-batch.js';
import type { EventBus, PublishResult, WriterId } from './event-bus.js';
import { countBeyond, KeptBatches } from './kept-batches.js';
import { SendWindow } from './send-window.js';
import type { Series, SeriesKey } from './streams.js';

export interface PublisherOptions {
  /** Events that may wait; beyond that `publish` refuses with `BUS_QUEUE_FULL`. Default 100 000. */
  readonly maxQueued?: number;
  /** Most events handed to the bus at once. Default 512. */
  readonly maxBatch?: number;
  /** Batches on their way at once. Default 4. */
  readonly maxInFlight?: number;
  /** How long an unanswered batch is tried again before the publisher gives up, milliseconds of wall time. Default 60 000. */
  readonly giveUpAfterMs?: number;
  /** Acknowledged events kept for a bus that comes back without its last moments. Default 20 000. */
  readonly maxKept?: number;
  /** Goes on as this writer instead of becoming a new one; where a later one stands, opening fails with `BUS_FENCED`. */
  readonly as?: WriterId;
  /**
   * Told of numbers that the bus has lost and nobody has any more; publishing goes on behind them. Without it they end the
   * publisher with `BUS_SEQUENCE_HOLE`.
   */
  readonly onLost?: (lost: LostNumbers) => void;
  readonly logger?: Logger;
}

/** `from` to `to` of a series. */
export interface LostNumbers {
  readonly series: Series;
  readonly from: number;
  readonly to: number;
  /** When the first event after them happened. */
  readonly ts: EpochMs;
}

interface Request {
  /** A batch is numbered already. */
  readonly events: readonly AlphaEvent[] | EventBatch;
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Numbered, and sent until the bus has answered. */
interface Numbered {
  readonly batch: EventBatch;
  readonly requests: readonly Request[];
}

/**
 * The writer of its series: numbers events and hands them to the bus in order, several batches at once. A batch whose
 * answer is unknown is sent again unchanged, which is safe because the bus appends once; one that came before its
 * predecessor is sent again after it. When another writer takes over, or the bus is closed, the publisher stops for good:
 * what waits and every later `publish` fails with that error.
 */
export class Publisher {
  readonly #options: Required<Omit<PublisherOptions, 'as' | 'onLost'>>;
  readonly #onLost: PublisherOptions['onLost'];
  readonly #backoff: Backoff;
  readonly #series: ClaimedSeries;
  readonly #waiting: Request[] = [];
  readonly #window: SendWindow<Numbered, PublishResult>;
  readonly #kept: KeptBatches;
  #queued = 0;
  #running: Promise<void> | null = null;
  #isFilling = false;
  #stopped: unknown = null;
  #published = 0;
  #skipped = 0;
  #republished = 0;

  private constructor(bus: EventBus, options: PublisherOptions) {
    this.#options = {
      maxQueued: 100_000,
      maxBatch: 512,
      maxInFlight: 4,
      giveUpAfterMs: 60_000,
      maxKept: 20_000,
      logger: silentLogger,
      ...options,
    };
    this.#onLost = options.onLost;
    this.#backoff = new Backoff(this.#options.giveUpAfterMs);
    this.#series = new ClaimedSeries(bus, options.as);
    this.#kept = new KeptBatches(this.#options.maxKept);
    this.#window = new SendWindow({
      size: this.#options.maxInFlight,
      next: () => this.#next(),
      send: ({ batch }) => bus.publish(this.#series.writer ?? null, batch),
      answered: (numbered, answer, isOldest) => this.#finish(numbered, answer, isOldest),
    });
  }

  /** Claims these series. One that is first seen in `publish` is claimed then. */
  static async open(bus: EventBus, series: readonly Series[], options: PublisherOptions = {}): Promise<Publisher> {
    const publisher = new Publisher(bus, options);
    publisher.#series.meet(series);
    await publisher.#series.claim();
    return publisher;
  }

  /** Events new on the bus, those that were there already, and those sent again to a bus that had lost them. */
  get counts(): { readonly published: number; readonly skipped: number; readonly republished: number } {
    return { published: this.#published, skipped: this.#skipped, republished: this.#republished };
  }

  /** Undefined until the first series was claimed. */
  get writer(): WriterId | undefined {
    return this.#series.writer;
  }

  /** Events taken and not durable yet. */
  get queued(): number {
    return this.#queued;
  }

  /** The last number given in a series; 0 when there was none or the series was not claimed yet. */
  lastSeq(series: Series): number {
    return this.#series.lastSeq(series);
  }

  /**
   * Resolves once the events are durable. An event without `seq` gets the next of its series; one that has it keeps it (a
   * record published again), as all of a batch do. Calls are published in the order they were made.
   */
  async publish(events: readonly AlphaEvent[] | EventBatch): Promise<void> {
    if (this.#stopped !== null) throw this.#stopped;
    if (events.length === 0) return;
    if (this.#queued > 0 && this.#queued + events.length > this.#options.maxQueued) throw queueFull(this.#queued);
    this.#queued += events.length;
    if ('runs' in events) return this.#request(events);
    const { maxBatch } = this.#options;
    const parts: Promise<void>[] = [];
    for (let from = 0; from < events.length; from += maxBatch) {
      parts.push(this.#request(events.slice(from, from + maxBatch)));
    }
    await Promise.all(parts);
  }

  /** Waits for what was handed over, then refuses more. Idempotent; the bus stays open. */
  async close(): Promise<void> {
    while (this.#running) await this.#running;
    this.#stopped ??= new AlphaError('BUS_CLOSED', 'The publisher was closed; open another to publish.');
  }

  /** The last number given in each claimed series. */
  get lastSeqs(): ReadonlyMap<SeriesKey, number> {
    return this.#series.lastSeqs;
  }

  /**
   * Leaves numbers out on purpose: the bus then takes `seq` + 1 next. Everything published before must have been acknowledged,
   * or it would be taken for present already.
   */
  async skipTo(series: Series, seq: number): Promise<void> {
    if (this.#stopped !== null) throw this.#stopped;
    await this.#series.skipTo(series, seq);
  }

  /** Stops at once: what is not acknowledged yet fails with `reason`; some of it may still reach the bus. */
  abandon(reason: unknown): void {
    if (this.#stopped === null) this.#stop(reason);
    this.#backoff.wake();
  }

  #request(events: Request['events']): Promise<void> {
    this.#series.meet('runs' in events ? events.runs.map(({ series }) => series) : events);
    return new Promise<void>((done, fail) => {
      this.#waiting.push({ events, done, fail });
      if (this.#running === null) this.#running = this.#run();
      else this.#fillSoon();
    });
  }

  /** Calls of the same turn share a batch. */
  #fillSoon(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    queueMicrotask(() => {
      this.#isFilling = false;
      this.#window.fill();
    });
  }

  async #run(): Promise<void> {
    // As above.
    await Promise.resolve();
    const retry = this.#backoff;
    try {
      while (this.#waiting.length > 0 || this.#window.items.length > 0) {
        const unknown = await this.#series.claim().then(() => this.#send(), asUnknown);
        if (unknown === null) retry.reset();
        else await retry.pause(unknown, this.#options.logger);
      }
    } catch (error) {
      this.#stop(error);
    } finally {
      this.#running = null;
    }
  }

  /** Sends until nothing waits. Returns why some of it must be sent again, null when all was answered. */
  async #send(): Promise<unknown> {
    const unsent = await this.#window.run();
    if (this.#stopped !== null) return null;
    for (const [index, { reason }] of unsent.entries()) {
      // A hole behind a batch that failed closes when both are sent again. With nothing missing before it, the bus has
      // lost what it had acknowledged.
      const isHole = AlphaError.is(reason, 'BUS_SEQUENCE_HOLE');
      if (isHole ? index === 0 : isFinal(reason)) return this.#heal(reason);
    }
    return unsent[0]?.reason ?? null;
  }

  #finish({ batch, requests }: Numbered, answer: PublishResult, isOldest: boolean): void {
    if (this.#stopped !== null) return;
    if (isOldest) this.#backoff.reset();
    this.#kept.add(batch);
    if (requests.length === 0) return;
    this.#published += answer.appended;
    this.#skipped += answer.skipped;
    this.#queued -= batch.length;
    for (const { done } of requests) done();
  }

  /**
   * A bus that came back without its last moments (a restart, a failover) has forgotten acknowledged events, perhaps the
   * claim too. What is kept here is sent again, before the window: of all series, from the oldest that was forgotten, so that
   * none gets ahead of another. Answers why that must be tried again, or null. Throws `reason` when what is
   * kept does not reach back far enough and nobody takes note of what is lost.
   */
  async #heal(reason: unknown): Promise<unknown> {
    const context = AlphaError.is(reason) ? reason.context : {};
    const { series, expected, holder } = context as { series: SeriesKey } & Record<string, unknown>;
    const isForgotten = AlphaError.is(reason, 'BUS_FENCED') && holder === null && this.#series.has(series);
    if (!isForgotten && !AlphaError.is(reason, 'BUS_SEQUENCE_HOLE')) throw reason;
    let lastSeq: ReadonlyMap<SeriesKey, number>;
    try {
      lastSeq = await this.#series.claimAgain();
    } catch (error) {
      return asUnknown(error);
    }
    if (isForgotten) {
      this.#options.logger.warn({ series, lastSeq: lastSeq.get(series) }, 'The bus had forgotten this series.');
      return null;
    }
    if (await this.#series.skipAgain(series, Number(expected))) return null;
    if (!this.#kept.has(series, Number(expected))) await this.#leaveOut(series, Number(expected), reason);
    const again = this.#kept.takeBeyond(lastSeq);
    if (again.length === 0) return null;
    const lost = again.reduce((sum, batch) => sum + countBeyond(batch, lastSeq), 0);
    this.#republished += lost;
    this.#options.logger.warn(
      { series, from: expected, events: lost },
      'The bus had lost events; they are sent again.',
    );
    this.#window.putFirst(again.map((batch) => ({ batch, requests: [] })));
    return null;
  }

  /** What is missing from `from` on reaches further back than what is kept: the bus is told to go on with the first there is. */
  async #leaveOut(key: SeriesKey, from: number, reason: unknown): Promise<void> {
    const runs = [...this.#kept, ...this.#window.items.map(({ batch }) => batch)].flatMap((batch) => batch.runs);
    const next = runs.find((run) => run.key === key);
    if (this.#onLost === undefined || next?.first === undefined || next.first <= from) throw reason;
    const { series, first, fromTs: ts } = next;
    await this.skipTo(series, first - 1);
    this.#onLost({ series, from, to: first - 1, ts });
  }

  /** Takes the next calls, up to a batch, and numbers their events. Null while a series has to be claimed first. */
  #next(): Numbered | null {
    if (!this.#series.areClaimed || this.#waiting.length === 0) return null;
    const requests: Request[] = [];
    const parts: EventBatch[] = [];
    let taken = 0;
    do {
      const request = this.#waiting.shift()!;
      requests.push(request);
      parts.push(this.#series.number(request.events));
      taken += request.events.length;
    } while (taken + (this.#waiting[0]?.events.length ?? Number.POSITIVE_INFINITY) <= this.#options.maxBatch);
    return { requests, batch: joinBatches(parts) };
  }

  #stop(error: unknown): void {
    this.#stopped = error;
    const failed = [...this.#window.items.flatMap(({ requests }) => requests), ...this.#waiting];
    this.#window.clear();
    this.#waiting.length = 0;
    this.#queued = 0;
    for (const { fail } of failed) fail(error);
  }
}

function asUnknown(reason: unknown): unknown {
  if (isFinal(reason)) throw reason;
  return reason;
}

function queueFull(queued: number): AlphaError {
  return new AlphaError(
    'BUS_QUEUE_FULL',
    `${queued} events wait to be published already; wait for earlier calls of publish before making more.`,
    { context: { queued }, retryable: true },
  );
}
