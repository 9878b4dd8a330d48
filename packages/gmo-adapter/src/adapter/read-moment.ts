import type { Clock, EpochMs } from '@alpha-engine/core';

export interface Moment {
  readonly marketTs: EpochMs;
  /** On the monotonic clock. */
  readonly at: number;
}

/**
 * When frames came. Those of one read of the socket came at one moment: looking at two clocks for each would be a fiftieth of what a
 * trade costs.
 */
export class ReadMoment {
  readonly #marketClock: Clock;
  /** Until the frames of this read are through. */
  #now: Moment | null = null;

  constructor(marketClock: Clock) {
    this.#marketClock = marketClock;
  }

  get now(): Moment {
    if (this.#now === null) {
      this.#now = { marketTs: this.#marketClock.now(), at: performance.now() };
      queueMicrotask(() => {
        this.#now = null;
      });
    }
    return this.#now;
  }
}
