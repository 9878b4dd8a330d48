/** Who goes first when several wait. */
export type Rank = 'cancel' | 'place' | 'read';

const PLACES: Readonly<Record<Rank, number>> = { cancel: 0, place: 1, read: 2 };

interface Waiter {
  readonly rank: Rank;
  readonly go: () => void;
}

/**
 * Hands out slots that are at least `spacingMs` apart (after a burst of `burst`): cancels before placements before reads, and first
 * come, first served among equals. Wall time, because the exchange counts in it; measured on the monotonic clock, so that a clock that
 * is set back stops nothing.
 */
export class Budget {
  readonly #spacingMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  /** When the slot after the last one handed out would be free, were there no burst. */
  #nextAt = 0;
  #pausedUntil = 0;
  #pauseMs = 0;
  /** In the order in which they go. */
  readonly #waiting: Waiter[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** `notBefore`: none goes earlier, on the monotonic clock, which counts from the start of the process. */
  constructor(options: { spacingMs: number; burst?: number; notBefore?: number; now?: () => number }) {
    this.#spacingMs = options.spacingMs;
    this.#burst = options.burst ?? 1;
    if (options.notBefore !== undefined) this.#nextAt = options.notBefore + (this.#burst - 1) * this.#spacingMs;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Resolves when the caller may go; rejects with the signal's reason when it aborts first, which costs no slot. */
  take(signal?: AbortSignal, rank: Rank = 'read'): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        if (this.#waiting.length === 0 && this.#timer !== null) {
          clearTimeout(this.#timer);
          this.#timer = null;
        }
        reject(signal?.reason);
      };
      const go = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter = { rank, go };
      signal?.addEventListener('abort', leave, { once: true });
      const behind = this.#waiting.findIndex((other) => PLACES[other.rank] > PLACES[rank]);
      this.#waiting.splice(behind === -1 ? this.#waiting.length : behind, 0, waiter);
      this.#serve();
    });
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

  /** Who goes is decided when a slot is free. One timer while somebody waits. */
  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const ms = this.waitMs;
      if (ms > 0) {
        this.#timer ??= setTimeout(() => {
          this.#timer = null;
          this.#serve();
        }, Math.ceil(ms));
        return;
      }
      this.#nextAt = Math.max(this.#now(), this.#nextAt) + this.#spacingMs;
      this.#waiting.shift();
      next.go();
    }
  }
}
