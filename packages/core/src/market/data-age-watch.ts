/** Milliseconds of whatever clock the owner measures with; a monotonic one, so that setting a clock is no silence. */
export interface SilenceLimits {
  /** Never called silent before this, however lively the channel was. */
  readonly floorMs: number;
  /** Always called silent after this. */
  readonly ceilingMs: number;
  /** Until the rhythm is known. */
  readonly initialMs: number;
}

/** The limit is this many times the gap that the channel spends a hundredth of its time beyond. */
const MARGIN = 3;
const QUANTILE = 0.99;
/** Gaps seen, and time watched, before the rhythm counts as known. */
const ENOUGH_GAPS = 20;
const ENOUGH_MS = 300_000;
/** What was learnt weighs half after so much more watched time: the rhythm of the hour counts, not that of the day. */
const MEMORY_MS = 3_600_000;
/** Bucket `n` ends at `2 ** (n / STEPS)` ms: a limit is known to a fifth. 29 octaves reach six days. */
const STEPS = 4;
const BUCKETS = 29 * STEPS;

/**
 * Notices that a channel has gone silent, by a limit learnt from the channel's own rhythm.
 *
 * *Estimator*: gaps between arrivals are kept in a histogram of quarter octaves, each weighing its own length; the limit is three times
 * the 0.99 quantile, between floor and ceiling. Weighed by length, because a burst of a thousand trades in a second says nothing about
 * how long silences last. For arrivals at random the limit is some twenty mean gaps: a false alarm in 5 × 10⁸. A gap beyond the limit
 * counts as long as the limit: one outage teaches next to nothing, a market that has become slow is believed after a few.
 */
export class DataAgeWatch {
  readonly #limits: SilenceLimits;
  readonly #weights = new Float64Array(BUCKETS);
  #total = 0;
  #gaps = 0;
  #limitMs: number;
  #seenAt: number;

  constructor(limits: SilenceLimits, now: number) {
    this.#limits = limits;
    this.#limitMs = limits.initialMs;
    this.#seenAt = now;
  }

  /** Longest silence that is normal. */
  get limitMs(): number {
    return this.#limitMs;
  }

  ageMs(now: number): number {
    return now - this.#seenAt;
  }

  isSilent(now: number): boolean {
    return now - this.#seenAt > this.#limitMs;
  }

  /** Data came. Arrivals may be told in clumps: of several since the last call, the first gap is what counts. */
  seen(now: number): void {
    const gap = now - this.#seenAt;
    this.#seenAt = now;
    if (gap > 0) this.#learn(Math.min(gap, this.#limitMs));
  }

  /** Counts from now on; the silence so far was no choice of the channel (it was not connected, or another source vouches for it). */
  restart(now: number): void {
    this.#seenAt = now;
  }

  #learn(gapMs: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.ceil(Math.log2(gapMs) * STEPS)));
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + gapMs;
    this.#total += gapMs;
    this.#gaps++;
    if (this.#total > 2 * MEMORY_MS) this.#fade();
    if (this.#gaps >= ENOUGH_GAPS && this.#total >= ENOUGH_MS) this.#limitMs = this.#learntLimit();
  }

  #fade(): void {
    for (let n = 0; n < BUCKETS; n++) this.#weights[n] = (this.#weights[n] ?? 0) / 2;
    this.#total /= 2;
  }

  #learntLimit(): number {
    const { floorMs, ceilingMs } = this.#limits;
    let beyond = this.#total * (1 - QUANTILE);
    let bucket = BUCKETS - 1;
    for (; bucket > 0; bucket--) {
      beyond -= this.#weights[bucket] ?? 0;
      if (beyond < 0) break;
    }
    return Math.min(ceilingMs, Math.max(floorMs, MARGIN * 2 ** (bucket / STEPS)));
  }
}
