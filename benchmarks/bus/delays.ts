/** How late events were, as a reading process tells it. */
export interface Delays {
  /** Milliseconds from publishing to delivery, of the median and of one in a hundred. */
  readonly p50: number;
  readonly p99: number;
  readonly read: number;
  readonly lost: number;
}

/** Collects delays of events that carry when they were published (epoch microseconds) as their price. */
export class DelayMeter {
  readonly #delaysMs: number[] = [];
  #lost = 0;
  #last = 0;

  get read(): number {
    return this.#delaysMs.length;
  }

  /** `nowMs`: when the event was delivered. */
  add(seq: number, publishedUs: number, nowMs: number): void {
    this.#lost += seq - this.#last - 1;
    this.#last = seq;
    this.#delaysMs.push(nowMs - publishedUs / 1000);
  }

  result(): Delays {
    // In the first quarter both processes compile what they do.
    const counted = this.#delaysMs.slice(this.#delaysMs.length / 4);
    const sorted = counted.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), read: this.#delaysMs.length, lost: this.#lost };
  }
}
