import type { EpochMs, MarketEvent } from '@alpha-engine/core';

/** What was missed while a feed was cut is read later: by how much it may come after what happened after it. */
const LATE_MS = 15 * 60_000;
const FIRST_LOOK = 1_000;

/**
 * Brings what a session read into the order in which it happened. An engine that is behind reads trades further than books, or the other
 * way round, so nothing is passed on before each type is read beyond it; what is later than that follows at once.
 */
export class InOrder {
  #waiting: MarketEvent[] = [];
  /** Looked at when there are so many, so that the sorting is shared by many events. */
  #lookAt = FIRST_LOOK;
  readonly #readTo = new Map<MarketEvent['type'], EpochMs>();

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes what was read, and returns what is in order by now. */
  add(events: readonly MarketEvent[]): readonly MarketEvent[] {
    for (const event of events) {
      this.#waiting.push(event);
      this.#readTo.set(event.type, Math.max(event.ts, this.#readTo.get(event.type) ?? event.ts));
    }
    if (this.#waiting.length < this.#lookAt) return [];
    return this.#upTo(Math.min(...this.#readTo.values()) - LATE_MS);
  }

  /** Nothing comes any more. */
  rest(): readonly MarketEvent[] {
    return this.#upTo(Number.POSITIVE_INFINITY);
  }

  #upTo(end: EpochMs): readonly MarketEvent[] {
    this.#waiting.sort((a, b) => a.ts - b.ts);
    const stays = this.#waiting.findIndex(({ ts }) => ts >= end);
    const ready = this.#waiting.splice(0, stays === -1 ? this.#waiting.length : stays);
    this.#lookAt = Math.max(FIRST_LOOK, 2 * this.#waiting.length);
    return ready;
  }
}
