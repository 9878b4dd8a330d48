import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { AlphaEvent } from '../events/event.js';
import { type Logger, silentLogger } from '../telemetry/logger.js';
import { Backoff, isFinal } from './backoff.js';
import type { EventBus, WriterId } from './event-bus.js';
import { SeriesKeys } from './series-keys.js';
import { type Series, type SeriesKey, seriesKey, seriesOf } from './streams.js';

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
  readonly events: readonly AlphaEvent[];
  /** Series of each event. */
  readonly keys: readonly SeriesKey[];
  readonly done: () => void;
  readonly fail: (error: unknown) => void;
}

/** Numbered, and sent until the bus has answered. */
interface Numbered {
  readonly events: readonly AlphaEvent[];
  readonly requests: readonly Request[];
}

/**
 * The writer of its series: numbers events and hands them to the bus in order, several batches at once. A batch whose
 * answer is unknown is sent again unchanged, which is safe because the bus appends once; one that came before its
 * predecessor is sent again after it. When another writer takes over, or the bus is closed, the publisher stops for good:
 * what waits and every later `publish` fails with that error.
 */
export class Publisher {
  readonly #bus: EventBus;
  readonly #options: Required<Omit<PublisherOptions, 'as' | 'onLost'>>;
  readonly #onLost: PublisherOptions['onLost'];
  readonly #backoff: Backoff;
  readonly #keys = new SeriesKeys();
  readonly #lastSeq = new Map<SeriesKey, number>();
  readonly #claimed = new Map<SeriesKey, Series>();
  readonly #waiting: Request[] = [];
  /** Series met in `publish` and not claimed yet. */
  readonly #unclaimed = new Map<SeriesKey, Series>();
  #writer: WriterId | undefined;
  #window: Numbered[] = [];
  /** The last acknowledged batches, oldest first, and their number of events. */
  #kept: (readonly AlphaEvent[])[] = [];
  #keptEvents = 0;
  #queued = 0;
  #running: Promise<void> | null = null;
  #stopped: unknown = null;
  #published = 0;
  #skipped = 0;
  #republished = 0;
  /** The last numbers left out in each series. */
  readonly #skips = new Map<SeriesKey, { readonly series: Series; readonly from: number; readonly to: number }>();

  private constructor(bus: EventBus, options: PublisherOptions) {
    this.#bus = bus;
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
    this.#writer = options.as;
  }

  /** Claims these series. One that is first seen in `publish` is claimed then. */
  static async open(bus: EventBus, series: readonly Series[], options: PublisherOptions = {}): Promise<Publisher> {
    const publisher = new Publisher(bus, options);
    for (const one of series) publisher.#unclaimed.set(seriesKey(one), one);
    await publisher.#claim();
    return publisher;
  }

  /** Events new on the bus, those that were there already, and those sent again to a bus that had lost them. */
  get counts(): { readonly published: number; readonly skipped: number; readonly republished: number } {
    return { published: this.#published, skipped: this.#skipped, republished: this.#republished };
  }

  /** Undefined until the first series was claimed. */
  get writer(): WriterId | undefined {
    return this.#writer;
  }

  /** Events taken and not durable yet. */
  get queued(): number {
    return this.#queued;
  }

  /** The last number given in a series; 0 when there was none or the series was not claimed yet. */
  lastSeq(series: Series): number {
    return this.#lastSeq.get(seriesKey(series)) ?? 0;
  }

  /**
   * Resolves once the events are durable. An event without `seq` gets the next of its series; one that has it keeps it (a
   * record published again). Calls are published in the order they were made.
   */
  async publish(events: readonly AlphaEvent[]): Promise<void> {
    if (this.#stopped !== null) throw this.#stopped;
    if (events.length === 0) return;
    if (this.#queued > 0 && this.#queued + events.length > this.#options.maxQueued) throw queueFull(this.#queued);
    this.#queued += events.length;
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

  #request(events: readonly AlphaEvent[]): Promise<void> {
    const keys = events.map((event) => this.#keyOf(event));
    return new Promise<void>((done, fail) => {
      this.#waiting.push({ events, keys, done, fail });
      this.#running ??= this.#run();
    });
  }

  /** The last number given in each claimed series. */
  get lastSeqs(): ReadonlyMap<SeriesKey, number> {
    return this.#lastSeq;
  }

  /**
   * Leaves numbers out on purpose: the bus then takes `seq` + 1 next. Everything published before must have been acknowledged,
   * or it would be taken for present already.
   */
  async skipTo(series: Series, seq: number): Promise<void> {
    if (this.#stopped !== null) throw this.#stopped;
    const key = seriesKey(series);
    const { writer, lastSeq } = await this.#bus.claim([series], this.#writer, new Map([[key, seq]]));
    this.#writer = writer;
    const last = this.#lastSeq.get(key) ?? 0;
    this.#lastSeq.set(key, Math.max(lastSeq.get(key) ?? 0, last));
    if (seq > last) this.#skips.set(key, { series, from: last + 1, to: seq });
    this.#claimed.set(key, series);
    this.#unclaimed.delete(key);
  }

  /** Stops at once: what is not acknowledged yet fails with `reason`; some of it may still reach the bus. */
  abandon(reason: unknown): void {
    if (this.#stopped === null) this.#stop(reason);
    this.#backoff.wake();
  }

  async #run(): Promise<void> {
    // Calls of the same turn share the first batch.
    await Promise.resolve();
    const retry = this.#backoff;
    try {
      while (this.#waiting.length > 0 || this.#window.length > 0) {
        const unknown = await this.#claim().then(() => this.#sendWindow(), asUnknown);
        if (unknown === null) retry.reset();
        else await retry.pause(unknown, this.#options.logger);
      }
    } catch (error) {
      this.#stop(error);
    } finally {
      this.#running = null;
    }
  }

  /** Sends every batch of the window and drops those that were answered. Returns why others were not, null when none was left. */
  async #sendWindow(): Promise<unknown> {
    while (this.#window.length < this.#options.maxInFlight && this.#hasClaimed(this.#waiting[0])) {
      this.#window.push(this.#number());
    }
    const window = this.#window;
    const writer = this.#writer ?? null;
    const answers = await Promise.allSettled(window.map(({ events }) => this.#bus.publish(writer, events)));
    if (this.#stopped !== null) return null;
    const left: Numbered[] = [];
    let unknown: unknown = null;
    for (const [index, answer] of answers.entries()) {
      const batch = window[index]!;
      if (answer.status === 'fulfilled') {
        this.#finish(batch, answer.value);
        continue;
      }
      const { reason } = answer;
      // A hole behind a batch that failed closes when both are sent again. With nothing missing before it, the bus has
      // lost what it had acknowledged.
      const isHole = AlphaError.is(reason, 'BUS_SEQUENCE_HOLE');
      if (isHole ? left.length === 0 : isFinal(reason)) {
        this.#window = [...left, ...window.slice(index)];
        return this.#heal(reason);
      }
      unknown ??= reason;
      left.push(batch);
    }
    this.#window = left;
    return unknown;
  }

  #finish({ events, requests }: Numbered, answer: { appended: number; skipped: number }): void {
    this.#keep(events);
    if (requests.length === 0) return;
    this.#published += answer.appended;
    this.#skipped += answer.skipped;
    this.#queued -= events.length;
    for (const { done } of requests) done();
  }

  #keep(events: readonly AlphaEvent[]): void {
    this.#kept.push(events);
    this.#keptEvents += events.length;
    while (this.#kept.length > 0 && this.#keptEvents > this.#options.maxKept) {
      this.#keptEvents -= this.#kept.shift()!.length;
    }
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
    const isForgotten = AlphaError.is(reason, 'BUS_FENCED') && holder === null && this.#claimed.has(series);
    if (!isForgotten && !AlphaError.is(reason, 'BUS_SEQUENCE_HOLE')) throw reason;
    let lastSeq: ReadonlyMap<SeriesKey, number>;
    try {
      ({ lastSeq } = await this.#bus.claim([...this.#claimed.values()], this.#writer));
    } catch (error) {
      return asUnknown(error);
    }
    if (isForgotten) {
      this.#options.logger.warn({ series, lastSeq: lastSeq.get(series) }, 'The bus had forgotten this series.');
      return null;
    }
    const skip = this.#skips.get(series);
    if (skip !== undefined) {
      const next = Number(expected);
      if (next >= skip.from && next <= skip.to) {
        await this.skipTo(skip.series, skip.to);
        return null;
      }
    }
    const isMissing = (event: AlphaEvent) => (event.seq ?? 0) > (lastSeq.get(this.#keys.of(event)) ?? 0);
    const isNext = (event: AlphaEvent) => event.seq === expected && this.#keys.of(event) === series;
    if (!this.#kept.some((events) => events.some(isNext))) {
      await this.#leaveOut((event) => this.#keys.of(event) === series, Number(expected), reason);
    }
    const from = this.#kept.findIndex((events) => events.some(isMissing));
    if (from === -1) return null;
    const again = this.#kept.splice(from);
    const lost = again.flat().filter(isMissing).length;
    this.#keptEvents -= again.flat().length;
    this.#republished += lost;
    this.#options.logger.warn(
      { series, from: expected, events: lost },
      'The bus had lost events; they are sent again.',
    );
    this.#window = [...again.map((events) => ({ events, requests: [] })), ...this.#window];
    return null;
  }

  /** What is missing from `from` on reaches further back than what is kept: the bus is told to go on with the first there is. */
  async #leaveOut(isOf: (event: AlphaEvent) => boolean, from: number, reason: unknown): Promise<void> {
    const first = [...this.#kept, ...this.#window.map(({ events }) => events)].flat().find(isOf);
    if (this.#onLost === undefined || first?.seq === undefined || first.seq <= from) throw reason;
    const series = seriesOf(first);
    await this.skipTo(series, first.seq - 1);
    this.#onLost({ series, from, to: first.seq - 1, ts: first.ts });
  }

  /** Takes the next calls, up to a batch, and numbers their events. */
  #number(): Numbered {
    const requests: Request[] = [];
    const events: AlphaEvent[] = [];
    do {
      const request = this.#waiting.shift()!;
      requests.push(request);
      request.events.forEach((event, index) => {
        const key = request.keys[index]!;
        const last = this.#lastSeq.get(key)!;
        const seq = event.seq ?? last + 1;
        if (seq > last) this.#lastSeq.set(key, seq);
        events.push(event.seq === undefined ? { ...event, seq } : event);
      });
    } while (this.#fits(events.length, this.#waiting[0]));
    return { requests, events };
  }

  #fits(taken: number, next: Request | undefined): boolean {
    return this.#hasClaimed(next) && taken + (next?.events.length ?? 0) <= this.#options.maxBatch;
  }

  #hasClaimed(request: Request | undefined): boolean {
    return request?.keys.every((key) => this.#lastSeq.has(key)) ?? false;
  }

  #keyOf(event: AlphaEvent): SeriesKey {
    const key = this.#keys.of(event);
    if (!this.#lastSeq.has(key)) this.#unclaimed.set(key, seriesOf(event));
    return key;
  }

  async #claim(): Promise<void> {
    if (this.#unclaimed.size === 0) return;
    const { writer, lastSeq } = await this.#bus.claim([...this.#unclaimed.values()], this.#writer);
    this.#writer = writer;
    for (const [key, seq] of lastSeq) {
      this.#lastSeq.set(key, seq);
      this.#claimed.set(key, this.#unclaimed.get(key)!);
      this.#unclaimed.delete(key);
    }
  }

  #stop(error: unknown): void {
    this.#stopped = error;
    const failed = [...this.#window.flatMap(({ requests }) => requests), ...this.#waiting];
    this.#window = [];
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
