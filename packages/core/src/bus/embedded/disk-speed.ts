/** Committing on the thread of the event loop may hold it up by so much on average. */
const FAST_MS = 2;
/** One slow commit says little: it counts as no more than this. */
const MOST_MS = 10;
/** So much of a new figure enters the average. */
const WEIGHT = 0.1;
/** After so many commits elsewhere the disk is tried again. */
const TRY_AGAIN = 500;

/** Whether a commit, flush included, is quick enough to wait for it: a moving average of those that were waited for. */
export class DiskSpeed {
  #averageMs = 0;
  #elsewhere = 0;

  /** Asked before each commit. */
  isFast(): boolean {
    if (this.#averageMs <= FAST_MS) return true;
    this.#elsewhere += 1;
    if (this.#elsewhere < TRY_AGAIN) return false;
    this.#elsewhere = 0;
    return true;
  }

  /** Reports what a commit that was waited for took, milliseconds. */
  took(ms: number): void {
    this.#averageMs += WEIGHT * (Math.min(ms, MOST_MS) - this.#averageMs);
  }

  /** Reports that a commit failed: how quick the disk is must be learned anew. */
  failed(): void {
    this.#averageMs = 0;
  }
}
