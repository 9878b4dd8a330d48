import type { EpochMs } from '@alpha-engine/core';

/**
 * Things on their way along one leg, in order: nothing overtakes what was sent before. Holds what is under way, however long the run.
 */
export class Mail<Item> {
  readonly #delay: () => number;
  #dues: EpochMs[] = [];
  #items: Item[] = [];
  #head = 0;
  #lastDue = 0;
  /** When the first arrives; infinite when nothing is under way. */
  next: EpochMs = Number.POSITIVE_INFINITY;

  constructor(delay: () => number) {
    this.#delay = delay;
  }

  /** `at`: when it arrives, where that is known. */
  send(now: EpochMs, item: Item, at: EpochMs = now + this.#delay()): void {
    const due = Math.max(this.#lastDue, at);
    this.#lastDue = due;
    this.#dues.push(due);
    this.#items.push(item);
    if (this.next === Number.POSITIVE_INFINITY) this.next = due;
  }

  /** What arrives at `next`. Only while that is finite. */
  take(): Item {
    const item = this.#items[this.#head] as Item;
    this.#head += 1;
    if (this.#head === this.#items.length || this.#head >= CHUNK) {
      this.#items = this.#items.slice(this.#head);
      this.#dues = this.#dues.slice(this.#head);
      this.#head = 0;
    }
    this.next = this.#dues[this.#head] ?? Number.POSITIVE_INFINITY;
    return item;
  }
}

/** Taken items are let go at the latest after so many. */
const CHUNK = 4096;
