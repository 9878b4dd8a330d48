import { draws } from '@alpha-engine/core/simulation';

/** What is drawn by chance in a search: the same for the same seed, on every machine. */
export class Random {
  readonly #draw: () => number;

  constructor(seed: number) {
    this.#draw = draws(seed);
  }

  /** A number from 0 (included) to 1 (excluded). */
  next(): number {
    return this.#draw();
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
}
