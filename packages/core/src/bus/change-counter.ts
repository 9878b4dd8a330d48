import type { ChangeSource } from './storage.js';

/** Tells everybody who waits that there is something to look at. */
export class ChangeCounter implements ChangeSource {
  #count = 0;
  readonly #listeners = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(): void {
    this.#count += 1;
    for (const listener of [...this.#listeners]) listener();
  }
}
