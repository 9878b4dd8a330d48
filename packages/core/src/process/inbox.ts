/** A queue with one reader that can wait: where answers, updates and batches meet before a brain takes its next step. */
export class Inbox<T> {
  #items: T[] = [];
  #wake: (() => void) | undefined;

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  get size(): number {
    return this.#items.length;
  }

  /** Everything that waits, in order of arrival; empty when nothing came within `waitMs` or `signal` aborted. */
  async take(waitMs: number, signal: AbortSignal): Promise<T[]> {
    if (this.#items.length === 0 && waitMs > 0 && !signal.aborted) await this.#wait(waitMs, signal);
    const taken = this.#items;
    this.#items = [];
    return taken;
  }

  #wait(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }
}
