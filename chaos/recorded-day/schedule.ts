import type { FaultText } from '@alpha-engine/gmo-adapter/simulator';
import type { Random } from '../random.js';
import type { DayMarket } from './day-market.js';
import { TROUBLES, type Trouble } from './troubles.js';

/** A trouble with its place in the day; wall time since the market began, milliseconds. */
export interface Appointment {
  readonly atMs: number;
  readonly lastsMs: number;
  readonly trouble: Trouble;
}

const CALM_BEFORE_MS = 8_000;
const CALM_AFTER_MS = 25_000;
const PAUSE_MS = [1_500, 5_000] as const;
/** What REST is read at: 2.5 pages of 100 rows a second, each trade printed twice, less what pages repeat, on a busy machine. Trades a millisecond. */
const READ_RATE = 0.1;
/** Live trades wait no longer than 120 s for a backfill. */
const LONGEST_READ_MS = 90_000;

/**
 * A trouble every few seconds, each kind before any comes again. Those that cost trades come when what was missed of the one before can
 * have been read from REST, and only where the market is quiet enough for REST to be read faster than it goes on.
 */
export function drawSchedule(market: DayMarket, speed: number, random: Random): Appointment[] {
  const schedule: Appointment[] = [];
  const lastMs = market.lengthMs - CALM_AFTER_MS;
  const often = (trouble: Trouble) => new Array<Trouble>(trouble.share ?? 1).fill(trouble);
  const blinding = new Bag(
    TROUBLES.filter(({ blindMs }) => blindMs !== undefined).flatMap(often),
    random,
    TROUBLES.filter(({ collector }) => collector !== undefined),
  );
  const others = new Bag(
    TROUBLES.filter(({ blindMs }) => blindMs === undefined),
    random,
  );
  let wholeAtMs = 0;
  for (let atMs = CALM_BEFORE_MS; atMs < lastMs; atMs += random.between(...PAUSE_MS)) {
    const lastsMs = ({ lastsMs: range = [0, 0] }: Trouble) => Math.round(random.between(...range));
    const found =
      atMs < wholeAtMs
        ? null
        : blinding.find((trouble) => {
            if (trouble.collector !== undefined && isForMemory(atMs, market.lengthMs)) return null;
            const length = lastsMs(trouble);
            const healedMs = healedAt(market, speed, atMs, length + (trouble.blindMs ?? 0));
            if (healedMs === null || healedMs > lastMs) return null;
            wholeAtMs = healedMs;
            return { atMs: Math.round(atMs), lastsMs: length, trouble };
          });
    schedule.push(found ?? others.find((trouble) => ({ atMs: Math.round(atMs), lastsMs: lastsMs(trouble), trouble }))!);
  }
  return schedule;
}

/** Troubles in random order, each before any comes again unless it does not fit. */
class Bag {
  readonly #all: readonly Trouble[];
  readonly #random: Random;
  #left: Trouble[] = [];

  /** `first`: these come before all others, so that a short day has them, too. */
  constructor(all: readonly Trouble[], random: Random, first: readonly Trouble[] = []) {
    this.#all = all;
    this.#random = random;
    this.#left = [...first];
  }

  /** Takes out the first that fits; null when none does. */
  find(fit: (trouble: Trouble) => Appointment | null): Appointment | null {
    const found = this.#take(fit);
    if (found !== null || this.#left.length >= this.#all.length) return found;
    this.#left = [...this.#left, ...this.#random.shuffled(this.#all)];
    return this.#take(fit);
  }

  #take(fit: (trouble: Trouble) => Appointment | null): Appointment | null {
    for (const [place, trouble] of this.#left.entries()) {
      const appointment = fit(trouble);
      if (appointment === null) continue;
      this.#left.splice(place, 1);
      return appointment;
    }
    return null;
  }
}

/** A day long enough to speak of memory leaves one collector alive for the half in its middle. */
function isForMemory(atMs: number, lengthMs: number): boolean {
  return lengthMs > 600_000 && atMs > lengthMs / 4 && atMs < (lengthMs * 3) / 4;
}

/** What the simulator is to do, by the clock of its market, which begins when somebody listens. */
export function simulatorFaults(schedule: readonly Appointment[], speed: number): FaultText[] {
  return schedule.flatMap(({ atMs, lastsMs, trouble }) =>
    (trouble.faults ?? []).map(({ brief, ...fault }) => {
      const times = { clock: 'market', at: atMs * speed, ...(brief !== true && { for: lastsMs * speed }) } as const;
      return { ...fault, ...times } as FaultText;
    }),
  );
}

/** When everything is read that was missed from `atMs` on for so long; null when the market is too fast for that. */
function healedAt({ trades, startTs }: DayMarket, speed: number, atMs: number, blindMs: number): number | null {
  const place = (wallMs: number) => countBefore(trades, startTs + wallMs * speed);
  const missedFrom = place(atMs);
  for (let readMs = 1_000; readMs <= LONGEST_READ_MS; readMs += 1_000) {
    const end = atMs + blindMs + readMs;
    if (place(end) - missedFrom <= readMs * READ_RATE) return end;
  }
  return null;
}

/** How many trades came before this moment; they are in order of time. */
export function countBefore(trades: DayMarket['trades'], ts: number): number {
  let [low, high] = [0, trades.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trades[middle]!.ts < ts) low = middle + 1;
    else high = middle;
  }
  return low;
}
