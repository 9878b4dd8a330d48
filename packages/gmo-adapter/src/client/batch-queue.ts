/**
 * Between a socket that pushes and one reader that pulls. Everything pushed in one turn of the event loop (all frames of one socket
 * read) is taken as one batch. Bounded: a push onto a full queue is refused, and the pusher says what it dropped.
 */
export class BatchQueue<T> {
  readonly #capacity: number;
  #items: T[] = [];
  #wake: (() => void) | null = null;
  #ended = false;
  #error: unknown;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  /** False when the queue is full; the item is not in it then. */
  push(item: T): boolean {
    if (this.#items.length >= this.#capacity) return false;
    this.force(item);
    return true;
  }

  /** Past the bound: for the few items that must not be lost. */
  force(item: T): void {
    this.#items.push(item);
    this.#signal();
  }

  /** What is queued is still taken; then `take` gives null, or throws `error` once. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#signal();
  }

  /** Everything queued, as soon as there is something. Null at the end. One reader at a time. */
  async take(): Promise<T[] | null> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#items.length > 0) {
      const batch = this.#items;
      this.#items = [];
      return batch;
    }
    if (this.#error === undefined) return null;
    const error = this.#error;
    this.#error = undefined;
    throw error;
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
