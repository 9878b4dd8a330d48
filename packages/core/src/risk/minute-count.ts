import type { EpochMs } from '../events/common.js';

const MINUTE_MS = 60_000;

/** How often something happened within the last minute. Mutable; bounded by what a minute holds. */
export class MinuteCount {
  #times: EpochMs[];

  constructor(times: readonly EpochMs[] = []) {
    this.#times = [...times];
  }

  note(ts: EpochMs): void {
    this.#forget(ts);
    this.#times.push(ts);
  }

  at(ts: EpochMs): number {
    this.#forget(ts);
    return this.#times.length;
  }

  clear(): void {
    this.#times = [];
  }

  snapshot(): readonly EpochMs[] {
    return this.#times;
  }

  #forget(ts: EpochMs): void {
    const first = this.#times[0];
    if (first === undefined || first > ts - MINUTE_MS) return;
    this.#times = this.#times.filter((time) => time > ts - MINUTE_MS);
  }
}
