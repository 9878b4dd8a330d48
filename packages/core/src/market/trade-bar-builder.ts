import type { EpochMs } from '../events/common.js';
import type { Bar, BarSeries } from './bar.js';
import type { BarRule, Timeframe } from './timeframe.js';

/** Sums of binary fractions: ten times 0.1 has reached 1. */
const NEARLY = 1 - 1e-9;

/** Plain JSON. `open` is the bar being built; `done` the last bar given out: no trade before its end is accepted. */
export interface TradeBarSnapshot {
  readonly done: { readonly openTs: EpochMs; readonly ordinal: number; readonly closeTs: EpochMs };
  readonly open: {
    readonly openTs: EpochMs;
    readonly closeTs: EpochMs;
    readonly open: number;
    readonly high: number;
    readonly low: number;
    readonly close: number;
    readonly volume: number;
    readonly value: number;
    readonly trades: number;
  } | null;
}

/**
 * Builds bars of so many trades, so much volume or so much value. A trade is never divided: the one that fills a bar belongs to it whole and
 * closes it, so a bar may hold more than its size, and the next one begins empty with the next trade. Time closes nothing.
 */
export class TradeBarBuilder {
  readonly timeframe: Timeframe;
  readonly #exchange: string;
  readonly #symbol: string;
  readonly #kind: BarRule['kind'];
  readonly #enough: number;
  #done: TradeBarSnapshot['done'] = { openTs: -1, ordinal: 0, closeTs: 0 };
  #openTs = -1;
  #closeTs = 0;
  #open = 0;
  #high = 0;
  #low = 0;
  #close = 0;
  #volume = 0;
  #value = 0;
  #trades = 0;

  constructor(series: BarSeries, rule: Exclude<BarRule, { kind: 'time' }>, snapshot?: TradeBarSnapshot) {
    this.timeframe = series.timeframe;
    this.#exchange = series.exchange;
    this.#symbol = series.symbol;
    this.#kind = rule.kind;
    this.#enough = rule.kind === 'trades' ? rule.size : rule.size * NEARLY;
    if (snapshot !== undefined) this.#restore(snapshot);
  }

  /** Returns the bar that this trade closed, null when none closed, or `'late'` when it is older than a bar already given out. */
  add(ts: EpochMs, price: number, size: number): Bar | 'late' | null {
    if (ts < this.#done.closeTs) return 'late';
    if (this.#openTs < 0) {
      this.#openTs = this.#closeTs = ts;
      this.#open = this.#high = this.#low = price;
      this.#volume = this.#value = this.#trades = 0;
    } else if (price > this.#high) this.#high = price;
    else if (price < this.#low) this.#low = price;
    if (ts > this.#closeTs) this.#closeTs = ts;
    this.#close = price;
    this.#volume += size;
    this.#value += price * size;
    this.#trades += 1;
    return this.#measure() >= this.#enough ? this.#finish() : null;
  }

  closeByClock(): null {
    return null;
  }

  /** Of a bar built before: its trades, told once more, are late. */
  goOnFrom({ openTs, ordinal = 0, closeTs }: Bar): void {
    if (this.#openTs < 0 && closeTs >= this.#done.closeTs) this.#done = { openTs, ordinal, closeTs };
  }

  snapshot(): TradeBarSnapshot {
    return {
      done: this.#done,
      open:
        this.#openTs < 0
          ? null
          : {
              openTs: this.#openTs,
              closeTs: this.#closeTs,
              open: this.#open,
              high: this.#high,
              low: this.#low,
              close: this.#close,
              volume: this.#volume,
              value: this.#value,
              trades: this.#trades,
            },
    };
  }

  #measure(): number {
    if (this.#kind === 'trades') return this.#trades;
    return this.#kind === 'volume' ? this.#volume : this.#value;
  }

  #restore({ done, open }: TradeBarSnapshot): void {
    this.#done = done;
    if (open === null) return;
    this.#openTs = open.openTs;
    this.#closeTs = open.closeTs;
    this.#open = open.open;
    this.#high = open.high;
    this.#low = open.low;
    this.#close = open.close;
    this.#volume = open.volume;
    this.#value = open.value;
    this.#trades = open.trades;
  }

  #finish(): Bar {
    const openTs = this.#openTs;
    const closeTs = this.#closeTs;
    const ordinal = openTs === this.#done.openTs ? this.#done.ordinal + 1 : 0;
    this.#done = { openTs, ordinal, closeTs };
    this.#openTs = -1;
    return {
      exchange: this.#exchange,
      symbol: this.#symbol,
      timeframe: this.timeframe,
      openTs,
      ...(ordinal > 0 && { ordinal }),
      closeTs,
      open: this.#open,
      high: this.#high,
      low: this.#low,
      close: this.#close,
      volume: this.#volume,
      trades: this.#trades,
    };
  }
}
