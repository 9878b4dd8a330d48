import type { Claim, EventBus, Subscription } from '../bus/event-bus.js';
import { type Series, type SeriesKey, type StreamName, seriesKey, seriesOf } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { AlphaEvent } from '../events/event.js';
import type { BrainName, Ownership, StepRecord, Store } from '../store/store.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Hold } from './brain-ownership.js';
import { within } from './unless.js';

export interface RecorderOptions {
  readonly brain: BrainName;
  readonly store: Store;
  /** Whether the brain is still ours; asked before every commit. */
  readonly hold: Hold;
  readonly bus: EventBus;
  /** Series this brain writes; claimed at the start. One that nobody could foresee is claimed when its first event is published. */
  readonly series: readonly Series[];
  /** Last `seq` of each of them according to the state the owner before left. */
  readonly lastSeqs: (state: unknown) => ReadonlyMap<SeriesKey, number>;
  readonly logger: Logger;
  readonly marketClock: Clock;
}

export type StepRows = Omit<StepRecord, 'brain' | 'fence' | 'batch' | 'ts' | 'checkpoint' | 'publishedBatch'>;

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2000;
/** A database server may restart and repeat its log in this time; a brain that waits places no orders meanwhile. */
const GIVE_UP_AFTER_MS = 60_000;
/** Published events that stay in the outbox, for a bus that comes back without its last moments. */
const KEPT_EVENTS = 1000;
/** Between two looks at what the bus has of ours, at least this long (wall time). */
const LOOK_EVERY_MS = 1000;

/** How long a step waits for the bus to take its events; and how long the end of a brain does. */
const BUS_PATIENCE_MS = 1000;

/**
 * A brain's hand on the record: owns its fence and batch number, commits a step, publishes its outbox and acknowledges what
 * the step read, in that order. While the bus is away the last two wait in the background, in their order, and the brain goes on:
 * what is committed may be sent to the exchange and is published by the next start at the latest. `settle` ends that.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #ownership: Ownership;
  readonly #writer: number;
  readonly #series: Map<SeriesKey, Series>;
  /** Of the series this brain writes, when it claimed them: another brain may have gone further than our record knows. */
  readonly lastSeqs: ReadonlyMap<SeriesKey, number>;
  #batch: number;
  /** Published batches that stay in the outbox, oldest first. */
  readonly #kept: { readonly batch: number; readonly events: number }[] = [];
  #keptEvents = 0;
  /** Last `seq` we know to be on the bus. */
  readonly #published = new Map<SeriesKey, number>();
  #lookedAt = performance.now();
  readonly #positions: Record<StreamName, string>;
  /** Streams whose place moved since the last commit. */
  readonly #moved = new Set<StreamName>();
  /** Committed and not published yet, in order. */
  readonly #outbox: { readonly batch: number; readonly events: readonly AlphaEvent[] }[] = [];
  /** Committed places that are not acknowledged yet. */
  readonly #acks = new Map<StreamName, string>();
  #delivering: Promise<void> | undefined;
  /** The bus left something unanswered for longer than a step waits. */
  #isBehind = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(options: RecorderOptions, ownership: Ownership, { writer, lastSeq }: Claim) {
    this.#options = options;
    this.#ownership = ownership;
    this.#writer = writer;
    this.#series = new Map(options.series.map((series) => [seriesKey(series), series]));
    this.lastSeqs = lastSeq;
    this.#batch = ownership.checkpoint?.batch ?? 0;
    this.#positions = { ...ownership.checkpoint?.positions };
  }

  /** Asks whether the brain is still ours, raises the fence, takes the series, then publishes what the owner before left in the outbox; the bus skips what it has. */
  static async open(options: RecorderOptions): Promise<Recorder> {
    const { brain, bus, hold, lastSeqs, series, store } = options;
    // A process that stood still since its turn came would throw out whoever owns the brain by now.
    await hold.assure();
    const ownership = await store.takeOver(brain);
    const rows = await store.unpublished(brain);
    const left = rows.map(({ event }) => event);
    const known = ownership.checkpoint ? lastSeqs(ownership.checkpoint.state) : new Map<SeriesKey, number>();
    const claim = await bus.claim(series, undefined, published(known, left));
    const recorder = new Recorder(options, ownership, claim);
    if (left.length > 0) await recorder.#publish(left);
    for (const { batch } of rows) recorder.#keep(batch, 1);
    return recorder;
  }

  get nextBatch(): number {
    return this.#batch + 1;
  }

  /** The state the owner before left, or undefined for a brain that never ran. */
  get state(): unknown {
    return this.#ownership.checkpoint?.state;
  }

  /** Sets the group to the checkpoint: the Store decides where reading goes on. */
  async seek(subscription: Subscription, streams: readonly StreamName[]): Promise<void> {
    for (const stream of streams) await subscription.seek(stream, this.#positions[stream] ?? null);
  }

  /** Notes how far reading went; becomes part of the next commit. */
  advance(stream: StreamName, id: string): void {
    this.#positions[stream] = id;
    this.#moved.add(stream);
  }

  /**
   * Commit → publish → acknowledge. A commit of unknown outcome is repeated with the same rows; the step is never taken again.
   * Throws what the bus finally said, of an earlier step too.
   */
  async record(rows: StepRows, state: unknown, subscription: Subscription): Promise<void> {
    const { brain, marketClock } = this.#options;
    const record: StepRecord = {
      ...rows,
      brain,
      fence: this.#ownership.fence,
      batch: this.nextBatch,
      ts: marketClock.now(),
      checkpoint: { positions: { ...this.#positions }, state },
      ...this.#outdated(),
    };
    await this.#commit(record);
    this.#batch = record.batch;
    if (rows.outbox && rows.outbox.length > 0) this.#outbox.push({ batch: record.batch, events: rows.outbox });
    for (const stream of this.#moved) this.#acks.set(stream, this.#positions[stream]!);
    this.#moved.clear();
    await this.#deliver(subscription);
  }

  /** The last events of a brain that ends: on the bus, or left in the record for the next start when the bus takes too long. */
  async settle(): Promise<void> {
    if (this.#delivering !== undefined) await isDoneWithin(BUS_PATIENCE_MS, this.#delivering);
    const events = this.#outbox.reduce((sum, { events }) => sum + events.length, 0);
    const { brain, logger } = this.#options;
    if (events > 0)
      logger.warn({ brain, events }, 'Events are in the record and not on the bus; the next start publishes them.');
  }

  async #deliver(subscription: Subscription): Promise<void> {
    if (this.#hasWork) this.#delivering ??= this.#deliverAll(subscription);
    if (this.#delivering !== undefined && !this.#isBehind && !(await isDoneWithin(BUS_PATIENCE_MS, this.#delivering))) {
      this.#isBehind = true;
      const { brain, logger } = this.#options;
      logger.warn(
        { brain },
        'The bus does not answer; this brain goes on, and its events are published when it is back.',
      );
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Never throws: the next step does. */
  async #deliverAll(subscription: Subscription): Promise<void> {
    try {
      while (this.#hasWork) {
        const [next] = this.#outbox;
        if (next !== undefined) {
          await this.#publish(next.events);
          this.#outbox.shift();
          this.#keep(next.batch, next.events.length);
          continue;
        }
        if (this.#mustLook) await this.#look();
        const acks = [...this.#acks];
        this.#acks.clear();
        await Promise.all(acks.map(([stream, id]) => subscription.ack(stream, [id])));
      }
      this.#isBehind = false;
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#delivering = undefined;
    }
  }

  async #commit(record: StepRecord): Promise<void> {
    const begun = performance.now();
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(LONGEST_RETRY_MS, wait * 2)) {
      await this.#options.hold.assure();
      try {
        await this.#options.store.commit(record);
        return;
      } catch (error) {
        if (!AlphaError.is(error) || !error.retryable || performance.now() - begun > GIVE_UP_AFTER_MS) throw error;
        this.#options.logger.warn(
          { brain: record.brain, batch: record.batch, code: error.code, wait },
          'The commit is tried again.',
        );
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async #publish(events: readonly AlphaEvent[]): Promise<void> {
    const { bus } = this.#options;
    try {
      const fresh = this.#note(events);
      if (fresh.length > 0) await bus.claim(fresh, this.#writer, published(new Map(), events));
      await bus.publish(this.#writer, events);
    } catch (error) {
      if (!isForgetful(error)) throw error;
      await this.#heal();
    }
    for (const event of events) this.#published.set(seriesKey(seriesOf(event)), event.seq ?? 0);
  }

  /** Answers the series that were not known before: a denial bears the symbol of its signal, whatever that is. */
  #note(events: readonly AlphaEvent[]): readonly Series[] {
    const fresh: Series[] = [];
    for (const series of events.map(seriesOf)) {
      const key = seriesKey(series);
      if (this.#series.has(key)) continue;
      this.#series.set(key, series);
      fresh.push(series);
    }
    return fresh;
  }

  get #hasWork(): boolean {
    return this.#outbox.length > 0 || this.#acks.size > 0 || this.#mustLook;
  }

  get #mustLook(): boolean {
    return this.#published.size > 0 && performance.now() - this.#lookedAt >= LOOK_EVERY_MS;
  }

  /** Whether the bus still has what it acknowledged: after the last signal of the day nothing else would tell. */
  async #look(): Promise<void> {
    const { lastSeq } = await this.#options.bus.claim([...this.#series.values()], this.#writer);
    this.#lookedAt = performance.now();
    if ([...this.#published].some(([key, seq]) => (lastSeq.get(key) ?? 0) < seq)) await this.#heal();
  }

  /** A bus that came back without its last moments gets everything from the outbox again, in order; it skips what it has. */
  async #heal(): Promise<void> {
    const { brain, bus, logger, store } = this.#options;
    const kept = (await store.unpublished(brain)).map(({ event }) => event);
    this.#note(kept);
    const series = [...this.#series.values()];
    const before = published(new Map(), kept);
    const { lastSeq } = await bus.claim(series, this.#writer);
    const gone = [...before].reduce((sum, [key, seq]) => sum + Math.max(0, seq - (lastSeq.get(key) ?? 0)), 0);
    if (gone > 0) {
      const sentence =
        'The bus had lost events that are older than what is kept for it: readers see a gap. They are in the record.';
      logger.error({ brain, events: gone }, sentence);
    }
    await bus.claim(series, this.#writer, before);
    const { appended } = await bus.publish(this.#writer, kept);
    logger.warn({ brain, events: appended }, 'The bus had lost events; they are sent again.');
  }

  #keep(batch: number, events: number): void {
    this.#kept.push({ batch, events });
    this.#keptEvents += events;
  }

  /** The batches that need not stay in the outbox any longer. */
  #outdated(): Pick<StepRecord, 'publishedBatch'> {
    let publishedBatch: number | undefined;
    while (this.#kept.length > 0 && this.#keptEvents - this.#kept[0]!.events >= KEPT_EVENTS) {
      const { batch, events } = this.#kept.shift()!;
      this.#keptEvents -= events;
      publishedBatch = batch;
    }
    // The last rows of a batch may still be kept one by one.
    if (publishedBatch !== undefined && this.#kept[0]?.batch === publishedBatch) publishedBatch -= 1;
    return publishedBatch === undefined ? {} : { publishedBatch };
  }
}

/** The bus knows less of our series than it acknowledged. */
function isForgetful(error: unknown): boolean {
  if (!AlphaError.is(error)) return false;
  return error.code === 'BUS_SEQUENCE_HOLE' || (error.code === 'BUS_FENCED' && error.context.holder === null);
}

/** The last `seq` that certainly reached the bus, by series: what comes before the first event left in the outbox. */
function published(known: ReadonlyMap<SeriesKey, number>, left: readonly AlphaEvent[]): ReadonlyMap<SeriesKey, number> {
  const reached = new Map(known);
  for (const event of left) {
    const key = seriesKey(seriesOf(event));
    const before = (event.seq ?? 1) - 1;
    reached.set(key, Math.min(reached.get(key) ?? before, before));
  }
  return reached;
}

/** Whether `work`, which does not fail, was done in this time. */
function isDoneWithin(ms: number, work: Promise<void>): Promise<boolean> {
  return within(ms, 'It takes longer.', () => work).then(
    () => true,
    () => false,
  );
}
