import type { EpochMs } from '@alpha-engine/core';
import type { TradesSince } from './market-history.js';

/** REST prints each match twice. Rows that are nearer to where reading has to begin are not skipped: REST may be behind the socket. */
const ROWS_A_MATCH = 2;
const ROWS_TO_SPARE = 200;

/**
 * How far REST has to be read so that it meets the socket: it must show the first live trade and all of its millisecond, and all of any later
 * one that the socket may be telling again.
 */
export class MeetingPoint {
  readonly #settleMs: number;
  /** Where the live trades that wait begin on this connection; those of the one before may wait in front of them. */
  #liveFrom: EpochMs | null = null;
  /**
   * REST has to show all of this moment; the trade of it that asks for this came at `at`, on the monotonic clock, as the `place`-th of
   * those that wait.
   */
  #judge: { readonly ts: EpochMs; readonly at: number; readonly place: number } | null = null;

  /** `settleMs`: REST shows what is older than this. */
  constructor(settleMs: number) {
    this.#settleMs = settleMs;
  }

  /** The first live trade that waits on this connection; null while none came. */
  get liveFrom(): EpochMs | null {
    return this.#liveFrom;
  }

  /** A live trade waits as the `place`-th. `mayRepeat`: it is no younger than what was backfilled. */
  waits(ts: EpochMs, place: number, mayRepeat: boolean): boolean {
    const counts = this.#liveFrom === null || mayRepeat;
    if (counts) this.#judge = { ts: Math.max(ts, this.#judge?.ts ?? 0), at: performance.now(), place };
    this.#liveFrom ??= ts;
    return counts;
  }

  /** Another connection, or none: live trades begin anew. */
  partsFromLive(): void {
    this.#liveFrom = null;
  }

  /** All that waited is out. */
  forgetJudge(): void {
    this.#judge = null;
  }

  /** These go on waiting until REST has shown the last of them. */
  movesTo(firstTs: EpochMs | null, lastTs: EpochMs, place: number): void {
    this.#liveFrom = firstTs;
    this.#judge = { ts: lastTs, at: performance.now(), place };
  }

  /** What REST prints of the trades, of `waiting`, that came after the one to be met: it need not be read. */
  rowsBeyond(waiting: number): number {
    if (this.#liveFrom === null || this.#judge === null) return 0;
    return Math.max(0, (waiting - this.#judge.place) * ROWS_A_MATCH - ROWS_TO_SPARE);
  }

  /** `askedAt` on the monotonic clock. `skipped`: the newest rows were not read, so that silence proves nothing. */
  isMetBy({ newestTs }: TradesSince, askedAt: number, skipped: boolean): boolean {
    const judge = this.#judge;
    if (this.#liveFrom !== null && (newestTs === null || newestTs < this.#liveFrom)) return false;
    if (judge !== null && newestTs !== null && newestTs > judge.ts) return true;
    if (skipped) return false;
    return judge === null || askedAt - judge.at >= this.#settleMs;
  }

  /** Not still to come by the socket, which tells in order of time. */
  isUpToSocket(ts: EpochMs, newestHeld: EpochMs): boolean {
    return this.#liveFrom === null || ts <= this.#liveFrom || ts < newestHeld;
  }
}
