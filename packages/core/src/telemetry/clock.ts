import type { EpochMs } from '../events/common.js';

/**
 * Where time comes from. Two are in use: *market* time (the exchange's; at a simulator it may be the tape's, scaled) for
 * freshness, skew and signal age, and *wall* time for signing, tokens, limits and pings.
 */
export interface Clock {
  now(): EpochMs;
}

/** A clock a test moves by hand. */
export class ManualClock implements Clock {
  #now: EpochMs;

  constructor(start: EpochMs = 0) {
    this.#now = start;
  }

  now(): EpochMs {
    return this.#now;
  }

  set(now: EpochMs): void {
    this.#now = now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}
