import type { Clock, EpochMs } from '@alpha-engine/core';
import { draws } from '@alpha-engine/core/simulation';
import type { MarketClock } from '../market-clock.js';
import { ActiveFault, type FaultRecord } from './active-fault.js';
import type { Fault } from './fault.js';

/** Looks at the clocks at least this often: one of them may be moved by hand, or stand. Wall milliseconds. */
const MAX_DELAY_MS = 100;
/** The newest ones are kept. */
const MOST_RECORDS = 1_000;

interface Planned {
  readonly fault: Fault;
  readonly number: number;
  /** What `at` counts from. */
  readonly base: EpochMs;
  begun: number;
}

export interface FaultScheduleOptions {
  readonly wall: Clock;
  readonly market: MarketClock;
  readonly seed: number;
  begun(active: ActiveFault): void;
  ended(active: ActiveFault): void;
}

/** Which faults are in force, and since when. One timer while there are any to wait for. */
export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  #planned: Planned[] = [];
  #active: { readonly active: ActiveFault; readonly endsAt: EpochMs }[] = [];
  #records: FaultRecord[] = [];
  #count = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
  }

  get active(): readonly ActiveFault[] {
    return this.#active.map(({ active }) => active);
  }

  get quiet(): boolean {
    return this.#active.length === 0;
  }

  get records(): readonly FaultRecord[] {
    return this.#records;
  }

  /** Its times count from now. Gives its number. */
  add(fault: Fault): number {
    const number = this.#count;
    this.#count += 1;
    this.#planned.push({ fault, number, base: this.#now(fault), begun: 0 });
    this.look();
    return number;
  }

  /** Ends what is in force of this fault, and plans it no more. */
  remove(number: number): void {
    this.#planned = this.#planned.filter((planned) => planned.number !== number);
    for (const active of this.active) if (active.record.fault === number) this.end(active);
  }

  clear(): void {
    this.#planned = [];
    for (const active of this.active) this.end(active);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Begins and ends what is due. */
  look(): void {
    for (const { active, endsAt } of [...this.#active]) if (this.#now(active.fault) >= endsAt) this.end(active);
    for (const planned of [...this.#planned]) {
      while (this.#nextOf(planned) <= this.#now(planned.fault)) this.#begin(planned);
    }
    this.#planned = this.#planned.filter((planned) => this.#nextOf(planned) < Number.POSITIVE_INFINITY);
    this.#arm();
  }

  end(active: ActiveFault): void {
    if (!this.#active.some((entry) => entry.active === active)) return;
    this.#active = this.#active.filter((entry) => entry.active !== active);
    active.record.endedTs = this.#options.wall.now();
    active.record.endedMarketTs = this.#options.market.now();
    this.#options.ended(active);
  }

  #begin(planned: Planned): void {
    const { wall, market, seed, begun } = this.#options;
    const { fault, number } = planned;
    const beganAt = this.#nextOf(planned);
    planned.begun += 1;
    const record: FaultRecord = {
      fault: number,
      kind: fault.kind,
      begunTs: wall.now(),
      begunMarketTs: market.now(),
      endedTs: null,
      endedMarketTs: null,
      acts: 0,
      firstTs: null,
      lastTs: null,
    };
    this.#records.push(record);
    if (this.#records.length > MOST_RECORDS) this.#records.shift();
    // Every fault draws on its own, so that adding one changes no other.
    const active = new ActiveFault(fault, record, draws(seed + 7_919 * number + planned.begun));
    this.#active.push({ active, endsAt: beganAt + (fault.for ?? Number.POSITIVE_INFINITY) });
    begun(active);
  }

  #nextOf({ fault, base, begun }: Planned): EpochMs {
    const most = fault.every === undefined ? 1 : (fault.times ?? Number.POSITIVE_INFINITY);
    return begun >= most ? Number.POSITIVE_INFINITY : base + fault.at + begun * (fault.every ?? 0);
  }

  #now({ clock }: Fault): EpochMs {
    return this.#options[clock].now();
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const waits = [
      ...this.#planned.map((planned) => this.#wait(planned.fault, this.#nextOf(planned))),
      ...this.#active.map(({ active, endsAt }) => this.#wait(active.fault, endsAt)),
    ].filter((wait) => wait < Number.POSITIVE_INFINITY);
    if (waits.length === 0 || this.#stopped) return;
    this.#timer = setTimeout(() => this.look(), Math.min(MAX_DELAY_MS, Math.max(1, Math.min(...waits))));
  }

  /** Wall milliseconds until then. */
  #wait(fault: Fault, at: EpochMs): number {
    const { market } = this.#options;
    return Math.ceil((at - this.#now(fault)) / (fault.clock === 'market' ? market.speed : 1));
  }
}
