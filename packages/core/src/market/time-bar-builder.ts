import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { Bar, BarSeries } from './bar.js';
import { intervalStart, type Timeframe, timeframeMs } from './timeframe.js';

/** How far the clock and the feed must be past the end of a bar before the bar is closed without a trade. Market milliseconds. */
export const CLOCK_GRACE_MS = 2_000;

/** Plain JSON. `open` is the bar being built, `doneTs` the end of the last interval that is over: nothing before it is accepted. */
export interface TimeBarSnapshot {
  readonly doneTs: EpochMs;
  readonly open: {
    readonly openTs: EpochMs;
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
    readonly volume: number;
    readonly trades: number;
    /** Building began inside its interval: it is given to nobody. */
    readonly partial?: true;
  } | null;
}

/**
 * Builds the bars of one symbol and length from its trades, or from shorter bars. An interval without trades has no bar. A trade older than the
 * open bar, or than a bar already given out, is late: it changes nothing, because strategies have decided on that bar. Where the first trade
 * ever comes inside an interval, nobody knows what was before it: that interval has no bar either. Allocates only when a bar closes.
 */
export class TimeBarBuilder {
  readonly timeframe: Timeframe;
  readonly #exchange: string;
  readonly #symbol: string;
  readonly #length: number;
  #openTs = -1;
  #endTs = 0;
  #doneTs = 0;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;
  #trades = 0;
  #partial = false;

  constructor(key: BarSeries, snapshot?: TimeBarSnapshot) {
    this.timeframe = key.timeframe;
    this.#exchange = key.exchange;
    this.#symbol = key.symbol;
    this.#length = timeframeMs(key.timeframe);
    if (snapshot !== undefined) this.#restore(snapshot);
  }

  /** Returns the bar that this trade closed, null when none closed, or `'late'` when the trade was too old to count. */
  add(ts: EpochMs, price: number, size: number): Bar | 'late' | null {
    if (this.#openTs >= 0 && ts < this.#endTs) {
      if (ts < this.#openTs) return 'late';
      if (price > this.#high) this.#high = price;
      else if (price < this.#low) this.#low = price;
      this.#close = price;
      this.#volume += size;
      this.#trades += 1;
      return null;
    }
    if (ts < this.#doneTs) return 'late';
    const closed = this.#openTs >= 0 ? this.#finish() : null;
    this.#begin(ts, price);
    this.#close = price;
    this.#volume = size;
    this.#trades = 1;
    return closed;
  }

  /**
   * Takes a closed bar that lies in one interval as a whole; they come in order. Returns what it closed: the bar before it when it begins
   * a new interval, and its own when it ends with the interval. Throws `DATA_INVALID` when it lies across an end.
   */
  merge(bar: Bar): readonly Bar[] {
    const closed: Bar[] = [];
    if (this.#openTs < 0 || bar.openTs >= this.#endTs) {
      this.#finishInto(closed);
      this.#begin(bar.openTs, bar.open);
    }
    if (bar.openTs < this.#openTs || bar.closeTs > this.#endTs) {
      throw new AlphaError(
        'DATA_INVALID',
        `The bar of ${bar.symbol} that opens at ${new Date(bar.openTs).toISOString()} lies in two intervals of ${this.timeframe}. Intervals are aligned to UTC; use data whose bars are.`,
        { context: { symbol: bar.symbol, openTs: bar.openTs, timeframe: this.timeframe } },
      );
    }
    if (bar.high > this.#high) this.#high = bar.high;
    if (bar.low < this.#low) this.#low = bar.low;
    this.#close = bar.close;
    this.#volume += bar.volume;
    this.#trades += bar.trades;
    if (bar.closeTs === this.#endTs) this.#finishInto(closed);
    return closed;
  }

  /**
   * Closes the open bar without a trade when both times are past its end + 2 s. A clock alone proves nothing: its reading may
   * come while trades of the bar are still under way. `seenTs`, the newest `ts` of anything received about the symbol, is the
   * evidence that the feed itself has passed the end; with neither a later trade nor that evidence the bar waits.
   */
  closeByClock(clockTs: EpochMs, seenTs: EpochMs): Bar | null {
    if (this.#openTs < 0) return null;
    const due = this.#endTs + CLOCK_GRACE_MS;
    return clockTs >= due && seenTs >= due ? this.#finish() : null;
  }

  snapshot(): TimeBarSnapshot {
    return {
      doneTs: this.#doneTs,
      open:
        this.#openTs < 0
          ? null
          : {
              openTs: this.#openTs,
              open: this.#open,
              high: this.#high,
              low: this.#low,
              close: this.#close,
              volume: this.#volume,
              trades: this.#trades,
              ...(this.#partial && { partial: true }),
            },
    };
  }

  #begin(ts: EpochMs, price: number): void {
    this.#openTs = intervalStart(this.timeframe, ts);
    this.#partial = this.#doneTs === 0 && ts > this.#openTs;
    this.#endTs = this.#openTs + this.#length;
    this.#open = this.#high = this.#low = price;
    this.#volume = this.#trades = 0;
  }

  #restore({ doneTs, open }: TimeBarSnapshot): void {
    this.#doneTs = doneTs;
    if (open === null) return;
    this.#openTs = open.openTs;
    this.#endTs = open.openTs + this.#length;
    this.#open = open.open;
    this.#high = open.high;
    this.#low = open.low;
    this.#close = open.close;
    this.#volume = open.volume;
    this.#trades = open.trades;
    this.#partial = open.partial === true;
  }

  #finishInto(closed: Bar[]): void {
    const bar = this.#openTs < 0 ? null : this.#finish();
    if (bar !== null) closed.push(bar);
  }

  /** Null for a partial one. */
  #finish(): Bar | null {
    this.#doneTs = this.#endTs;
    if (this.#partial) {
      this.#openTs = -1;
      return null;
    }
    const bar: Bar = {
      exchange: this.#exchange,
      symbol: this.#symbol,
      timeframe: this.timeframe,
      openTs: this.#openTs,
      closeTs: this.#endTs,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
      trades: this.#trades,
    };
    this.#openTs = -1;
    return bar;
  }
}
