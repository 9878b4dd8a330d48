import type { Clock } from '@alpha-engine/core';

/** At most so many per sliding window and key, on wall time. What is refused does not count. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #windowMs: number;
  readonly #taken = new Map<string, number[]>();

  constructor(clock: Clock, most: number, windowMs: number) {
    this.#clock = clock;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** True when the request may pass. */
  take(key: string): boolean {
    const now = this.#clock.now();
    const recent = (this.#taken.get(key) ?? []).filter((at) => now - at < this.#windowMs);
    const passes = recent.length < this.#most;
    if (passes) recent.push(now);
    this.#taken.set(key, recent);
    return passes;
  }
}
