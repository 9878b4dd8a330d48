import { setTimeout } from 'node:timers/promises';

/** One direction between an engine and the exchange, in wall time: what is sent later arrives later. */
export class Way {
  readonly #delay: () => number;
  #last: Promise<void> = Promise.resolve();

  /** `delay` draws milliseconds. */
  constructor(delay: () => number) {
    this.#delay = delay;
  }

  /** Resolves when what is sent now has arrived. */
  pass(): Promise<void> {
    this.#last = this.#after(this.#last, setTimeout(this.#delay()));
    return this.#last;
  }

  async #after(before: Promise<void>, mine: Promise<void>): Promise<void> {
    await mine;
    await before;
  }
}
