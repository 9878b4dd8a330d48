import { setTimeout as delay } from 'node:timers/promises';

/**
 * Hands out slots that are at least `spacingMs` apart (after a burst of `burst`), first come, first served. Wall time, because the
 * exchange counts in it; measured on the monotonic clock, so that a clock that is set back stops nothing.
 */
export class Budget {
  readonly #spacingMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** When the slot after the last one handed out would be free, were there no burst. */
  #nextAt = 0;
  #pausedUntil = 0;
  #pauseMs = 0;
  #queue: Promise<unknown> = Promise.resolve();

  /** `notBefore`: none goes earlier, on the monotonic clock, which counts from the start of the process. */
  constructor(options: { spacingMs: number; burst?: number; notBefore?: number; now?: () => number }) {
    this.#spacingMs = options.spacingMs;
    this.#burst = options.burst ?? 1;
    if (options.notBefore !== undefined) this.#nextAt = options.notBefore + (this.#burst - 1) * this.#spacingMs;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Resolves when the caller may go; rejects with the signal's reason when it aborts first, which costs no slot. */
  take(signal?: AbortSignal): Promise<void> {
    const turn = this.#queue.then(() => this.#wait(signal));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /**
   * The exchange refused one for coming too soon. Nobody goes for `firstMs`, twice as long at each refusal that follows soon, at most
   * `mostMs`: whoever goes on asking may be shut out without a word. Returns the length of the pause.
   */
  refused(firstMs: number, mostMs: number): number {
    const now = this.#now();
    // Those that were under way already when the pause began.
    if (now < this.#pausedUntil) return this.#pauseMs;
    const soon = now < this.#pausedUntil + this.#pauseMs;
    this.#pauseMs = soon ? Math.min(mostMs, this.#pauseMs * 2) : firstMs;
    this.#pausedUntil = now + this.#pauseMs;
    return this.#pauseMs;
  }

  /** What the last slot was for arrived only now: the next one counts from here, so that the two do not bunch up on the way. */
  arrived(): void {
    this.#nextAt = Math.max(this.#nextAt, this.#now() + this.#spacingMs);
  }

  /** Milliseconds until a caller could go, were it first in the queue. */
  get waitMs(): number {
    const byRate = this.#nextAt - (this.#burst - 1) * this.#spacingMs;
    return Math.max(0, Math.max(byRate, this.#pausedUntil) - this.#now());
  }

  async #wait(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (let ms = this.waitMs; ms > 0; ms = this.waitMs)
      await delay(Math.ceil(ms), undefined, signal ? { signal } : {});
    this.#nextAt = Math.max(this.#now(), this.#nextAt) + this.#spacingMs;
  }
}
