/** The waits of one reader, and what ends them early. */
export class Wakes {
  readonly #waiting = new Set<() => void>();

  /**
   * Resolves after `ms`, at `wake`, and when the signal aborts. `listen` calls back at what else ends the wait, until the
   * function it returns is called; `isOver` is asked once at the start.
   */
  pause(
    ms: number,
    signal: AbortSignal | undefined,
    isOver: () => boolean,
    listen: (wake: () => void) => () => void = () => () => {},
  ): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const stopListening = listen(done);
      const timer = Number.isFinite(ms) ? setTimeout(done, Math.max(0, ms)) : undefined;
      this.#waiting.add(done);
      signal?.addEventListener('abort', done, { once: true });
      if (isOver() || signal?.aborted) done();
    });
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
