import type { EpochMs, MarketEvent } from '@alpha-engine/core';

/** The events of the last millisecond of a series: where one file ends and the next begins in it, what stands in both is one event. */
export class LastMoment {
  readonly #events: MarketEvent[] = [];
  #ts: EpochMs = Number.NaN;

  add(event: MarketEvent): void {
    if (event.ts !== this.#ts) this.#events.length = 0;
    this.#ts = event.ts;
    this.#events.push(event);
  }

  has({ data, ts }: MarketEvent): boolean {
    if (ts !== this.#ts) return false;
    const written = JSON.stringify(data);
    return this.#events.some((event) => JSON.stringify(event.data) === written);
  }
}
