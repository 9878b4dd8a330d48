import type { Claim, EventBus, Subscription } from '../bus/event-bus.js';
import { type Series, type SeriesKey, type StreamName, seriesKey, seriesOf } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { AlphaEvent } from '../events/event.js';
import type { BrainName, Ownership, StepRecord, Store } from '../store/store.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Hold } from './brain-ownership.js';

export interface RecorderOptions {
  readonly brain: BrainName;
  readonly store: Store;
  /** Whether the brain is still ours; asked before every commit. */
  readonly hold: Hold;
  readonly bus: EventBus;
  /** Series this brain writes; claimed at the start. */
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

/**
 * A brain's hand on the record: owns its fence and batch number, commits a step, publishes its outbox and acknowledges what
 * the step read, in that order. Nothing runs in the background.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #ownership: Ownership;
  readonly #writer: number;
  /** Of the series this brain writes, when it claimed them: another brain may have gone further than our record knows. */
  readonly lastSeqs: ReadonlyMap<SeriesKey, number>;
  #batch: number;
  #publishedBatch: number;
  readonly #positions: Record<StreamName, string>;
  /** Streams whose place moved since the last acknowledgement. */
  readonly #moved = new Set<StreamName>();

  private constructor(options: RecorderOptions, ownership: Ownership, { writer, lastSeq }: Claim) {
    this.#options = options;
    this.#ownership = ownership;
    this.#writer = writer;
    this.lastSeqs = lastSeq;
    this.#batch = ownership.checkpoint?.batch ?? 0;
    this.#publishedBatch = this.#batch;
    this.#positions = { ...ownership.checkpoint?.positions };
  }

  /** Asks whether the brain is still ours, raises the fence, then takes the series, then publishes what the owner before had stored and perhaps not published. */
  static async open(options: RecorderOptions): Promise<Recorder> {
    const { brain, bus, hold, lastSeqs, series, store } = options;
    // A process that stood still since its turn came would throw out whoever owns the brain by now.
    await hold.assure();
    const ownership = await store.takeOver(brain);
    const left = (await store.unpublished(brain)).map(({ event }) => event);
    const known = ownership.checkpoint ? lastSeqs(ownership.checkpoint.state) : new Map<SeriesKey, number>();
    const claim = await bus.claim(series, undefined, published(known, left));
    const recorder = new Recorder(options, ownership, claim);
    if (left.length > 0) await recorder.#publish(left);
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

  /** Commit → publish → acknowledge. A commit of unknown outcome is repeated with the same rows; the step is never taken again. */
  async record(rows: StepRows, state: unknown, subscription: Subscription): Promise<void> {
    const { brain, marketClock } = this.#options;
    const record: StepRecord = {
      ...rows,
      brain,
      fence: this.#ownership.fence,
      batch: this.nextBatch,
      ts: marketClock.now(),
      checkpoint: { positions: { ...this.#positions }, state },
      publishedBatch: this.#publishedBatch,
    };
    await this.#commit(record);
    this.#batch = record.batch;
    if (rows.outbox && rows.outbox.length > 0) await this.#publish(rows.outbox);
    this.#publishedBatch = record.batch;
    await Promise.all([...this.#moved].map((stream) => subscription.ack(stream, [this.#positions[stream]!])));
    this.#moved.clear();
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
    await this.#options.bus.publish(this.#writer, events);
  }
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
