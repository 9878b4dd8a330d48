/** Reads an endless stream in the background and lets a test wait for what it needs. */
export class Collected<T> {
  readonly items: T[] = [];
  readonly batches: (readonly T[])[] = [];
  readonly #abort = new AbortController();
  readonly #done: Promise<void>;
  #check: () => void = () => undefined;
  error: unknown;

  constructor(open: (signal: AbortSignal) => AsyncIterable<T | readonly T[]>) {
    this.#done = this.#read(open(this.#abort.signal));
  }

  /** Resolves when `condition` holds of all items so far; rejects after ten seconds or when the stream ended in an error. */
  until(condition: (items: readonly T[]) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Still waiting after ${this.items.length} items.`)), 10_000);
      this.#check = () => {
        if (this.error === undefined && !condition(this.items)) return;
        clearTimeout(timer);
        this.#check = () => undefined;
        if (this.error === undefined) resolve();
        else reject(this.error);
      };
      this.#check();
    });
  }

  /** Asks the stream to end and waits until it did. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#done;
  }

  /** Waits for the stream to end by itself. */
  ended(): Promise<void> {
    return this.#done;
  }

  async #read(stream: AsyncIterable<T | readonly T[]>): Promise<void> {
    try {
      for await (const next of stream) {
        const batch = (Array.isArray(next) ? next : [next]) as readonly T[];
        this.batches.push(batch);
        this.items.push(...batch);
        this.#check();
      }
    } catch (error) {
      this.error = error;
      this.#check();
    }
  }
}

/** Waits for a condition that no stream announces. */
export async function eventually(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Still not true after ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
}
