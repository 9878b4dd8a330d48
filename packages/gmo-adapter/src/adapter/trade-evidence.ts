import type { EpochMs, TickerEvent } from '@alpha-engine/core';

/** A trade may be told a little later than the ticker that it moved. */
const GRACE_MS = 2_000;
/** After a false alarm, twice as long after the next. */
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 120_000;

/**
 * Tickers as witnesses of trades: when the last price moved or the volume of 24 hours grew, and no trade came since the ticker before,
 * the trades have gone silent. It is a reason to ask REST, no more: the two channels may come out of step. After a false alarm REST is
 * asked later, never not at all: what made itself known in the meantime is owed. Times on a monotonic clock.
 */
export class TradeEvidence {
  #before: { readonly ts: EpochMs; readonly last: number; readonly volume: number; readonly trades: number } | null =
    null;
  /** How many trades had come, and when, as a ticker told of another; and the exchange's times of that ticker and of the one before. */
  #open: { readonly trades: number; readonly at: number; readonly ts: EpochMs; readonly fromTs: EpochMs } | null = null;
  /** Since this time of the exchange a trade may be missing that REST was not asked for yet. */
  #owedFrom: EpochMs | null = null;
  #quietUntil = 0;
  #pauseMs = FIRST_PAUSE_MS;

  /** `trades`: how many came so far. */
  ticker({ ts, data: { last, volume } }: Pick<TickerEvent, 'ts' | 'data'>, trades: number, now: number): void {
    const before = this.#before;
    this.#before = { ts, last, volume, trades };
    if (before === null || before.trades !== trades) return;
    if (last !== before.last || volume > before.volume) this.#open ??= { trades, at: now, ts, fromTs: before.ts };
  }

  /** The next trade, by its time. True when it is not the one that was told of, which must have been earlier and did not come. */
  trade(ts: EpochMs): boolean {
    const open = this.#open;
    if (open === null) return false;
    this.#open = null;
    if (ts <= open.ts) return false;
    if (open.at >= this.#quietUntil) return true;
    this.#owedFrom ??= open.fromTs;
    return false;
  }

  /**
   * From where to ask REST, once for each trade that was seen and did not come; during the pause after a false alarm once for all of
   * them, at its end. Null: nothing to ask for.
   */
  overdueFrom(trades: number, now: number): EpochMs | null {
    const open = this.#open;
    if (open !== null && open.trades !== trades) this.#open = null;
    else if (open !== null && now - open.at > GRACE_MS) {
      this.#open = null;
      this.#owedFrom ??= open.fromTs;
    }
    if (now < this.#quietUntil) return null;
    const from = this.#owedFrom;
    this.#owedFrom = null;
    return from;
  }

  /** REST knew the trade, or knew no other. */
  judged(wasRight: boolean, now: number): void {
    this.#quietUntil = wasRight ? 0 : now + this.#pauseMs;
    this.#pauseMs = wasRight ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** A new connection: what was between the tickers before and after is no silence of this one. From where REST is still to be asked, or null. */
  forget(): EpochMs | null {
    const owed = this.#owedFrom;
    this.#before = null;
    this.#open = null;
    this.#owedFrom = null;
    return owed;
  }
}
