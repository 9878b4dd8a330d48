import type { EpochMs, Logger } from '@alpha-engine/core';
import type { MarketClock } from './market-clock.js';
import type { Tape, TapeRecord } from './tape.js';

/** Timers closer together than this are one. Wall milliseconds. */
const MIN_DELAY_MS = 2;
/** Looks at the clock at least this often, for books that are repeated. Wall milliseconds. */
const MAX_DELAY_MS = 100;
/** Records delivered before the event loop may send and receive again. */
const BURST = 2_000;
/** Being later than this is told: the machine cannot keep the speed. Wall milliseconds. */
const LATE_MS = 500;

export interface PlaybackOptions {
  readonly tape: Tape;
  readonly clock: MarketClock;
  /** How often the tape is played, in market time that goes on; `Infinity` is without end. */
  readonly rounds: number;
  readonly logger: Logger;
  /** Nothing is played by itself, only by `step`. */
  readonly lockstep: boolean;
  /** Called in the tape's order with the record's market time. */
  deliver(record: TapeRecord, ts: EpochMs): void;
  /** Called after each look at the clock, with market time. */
  idle(now: EpochMs): void;
}

/** Hands out the tape's records when market time reaches them. One timer; what falls due together goes out together. */
export class Playback {
  readonly #options: PlaybackOptions;
  #next = 0;
  #round = 0;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #stopped = false;
  #maxLagMs = 0;
  #warned = false;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  get ended(): boolean {
    return this.#next >= this.#options.tape.records.length;
  }

  /** Most a record was late, wall milliseconds. */
  get maxLagMs(): number {
    return this.#maxLagMs;
  }

  start(): void {
    if (!this.#options.lockstep) this.#run();
  }

  /** Market time goes on to the next record, which is delivered. False at the end. */
  step(): boolean {
    const { clock, deliver, idle, tape } = this.#options;
    const record = tape.records[this.#next];
    if (record === undefined) return false;
    const ts = this.#marketTs(record);
    clock.stand(ts);
    idle(ts);
    this.#pass();
    deliver(record, ts);
    return true;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimers();
  }

  /** Looks at the clock soon: it was just released. */
  wake(): void {
    this.#cancelTimers();
    if (!this.#stopped && !this.#options.lockstep) this.#immediate = setImmediate(() => this.#run());
  }

  /** Delivers everything that is due now. An order placed now must meet the market of now. */
  catchUp(): void {
    if (this.#options.lockstep) return;
    const now = this.#options.clock.now();
    while (this.#deliverUntil(now, Number.POSITIVE_INFINITY)) {}
  }

  #cancelTimers(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
  }

  #run(): void {
    if (this.#stopped) return;
    const { clock, idle } = this.#options;
    if (!clock.held) {
      const now = clock.now();
      if (this.#deliverUntil(now, BURST)) {
        this.#immediate = setImmediate(() => this.#run());
        return;
      }
      idle(now);
    }
    this.#timer = setTimeout(() => this.#run(), this.#delay());
  }

  /** True when the burst was used up and more may be due. */
  #deliverUntil(now: EpochMs, burst: number): boolean {
    const { tape, clock, deliver } = this.#options;
    if (clock.held) return false;
    for (let count = 0; count < burst; count += 1) {
      const record = tape.records[this.#next];
      if (record === undefined) return false;
      const ts = this.#marketTs(record);
      if (ts > now) return false;
      this.#watchLag((now - ts) / clock.speed);
      this.#pass();
      deliver(record, ts);
    }
    return true;
  }

  #pass(): void {
    this.#next += 1;
    if (!this.ended || this.#round + 1 >= this.#options.rounds) return;
    this.#next = 0;
    this.#round += 1;
  }

  #marketTs(record: TapeRecord): EpochMs {
    const { header } = this.#options.tape;
    return record.ts + this.#options.clock.shift + this.#round * (header.end - header.start + 1);
  }

  #delay(): number {
    const { tape, clock } = this.#options;
    const record = tape.records[this.#next];
    if (record === undefined || clock.held) return MAX_DELAY_MS;
    const wait = Math.ceil((this.#marketTs(record) - clock.now()) / clock.speed);
    return Math.min(MAX_DELAY_MS, Math.max(MIN_DELAY_MS, wait));
  }

  #watchLag(lagMs: number): void {
    this.#maxLagMs = Math.max(this.#maxLagMs, lagMs);
    if (lagMs < LATE_MS || this.#warned) return;
    this.#warned = true;
    this.#options.logger.warn(
      { lagMs: Math.round(lagMs), speed: this.#options.clock.speed },
      'The simulator is late: this machine cannot play the tape at this speed. Nothing is left out.',
    );
  }
}
