import { Decimal, type EpochMs, type Side } from '@alpha-engine/core';
import { Klines } from './klines.js';
import type { Tape, TapeLevel, TapeRecord } from './tape.js';

/** Matches that /v1/trades can page back to. */
const KEPT_MATCHES = 10_000;

export interface Match {
  readonly price: number;
  readonly size: number;
  /** The taker's. */
  readonly side: Side;
  readonly ts: EpochMs;
  /** Which of the two printed rows stands first varies on the exchange; here it alternates. */
  readonly takerFirst: boolean;
}

export interface Book {
  readonly bids: readonly TapeLevel[];
  readonly asks: readonly TapeLevel[];
  readonly ts: EpochMs;
}

export interface Ticker {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
  readonly high: number;
  readonly low: number;
  /** Base coin, each match once. */
  readonly volume: Decimal;
}

/** What the public side shows of one symbol: book, matches, ticker and klines since the simulator's start. */
export class MarketView {
  readonly klines = new Klines();
  #book: Book | null = null;
  #matches: Match[] = [];
  #count = 0;
  #high = Number.NEGATIVE_INFINITY;
  #low = Number.POSITIVE_INFINITY;
  #volume = Decimal.zero;

  /** The book that stood before the first record: a real exchange never has none. */
  prime(record: TapeRecord & { readonly kind: 'book' }, ts: EpochMs): void {
    this.#book ??= { bids: record.bids, asks: record.asks, ts };
  }

  book(): Book | null {
    return this.#book;
  }

  show(record: TapeRecord & { readonly kind: 'book' }, ts: EpochMs): Book {
    this.#book = { bids: record.bids, asks: record.asks, ts };
    return this.#book;
  }

  trade(record: TapeRecord & { readonly kind: 'trade' }, ts: EpochMs): Match {
    const { price, size, side } = record;
    const match = { price, size, side, ts, takerFirst: this.#count % 2 === 0 };
    this.#count += 1;
    this.#matches.push(match);
    if (this.#matches.length > 2 * KEPT_MATCHES) this.#matches = this.#matches.slice(-KEPT_MATCHES);
    this.#high = Math.max(this.#high, price);
    this.#low = Math.min(this.#low, price);
    this.#volume = this.#volume.plus(size);
    this.klines.add(price, size, ts);
    return match;
  }

  /** Newest first; `skip` matches are passed over. */
  matches(skip: number, most: number): Match[] {
    const end = this.#matches.length - skip;
    return this.#matches.slice(Math.max(0, end - most), Math.max(0, end)).reverse();
  }

  /** Null without a two-sided book. Before the first match the best ask stands for the last price. */
  ticker(): Ticker | null {
    const bid = this.#book?.bids[0]?.[0];
    const ask = this.#book?.asks[0]?.[0];
    if (bid === undefined || ask === undefined) return null;
    const last = this.#matches.at(-1)?.price ?? ask;
    const traded = this.#matches.length > 0;
    return {
      bid,
      ask,
      last,
      high: traded ? this.#high : last,
      low: traded ? this.#low : last,
      volume: this.#volume,
    };
  }
}

/** Each symbol begins with its first book of the tape. */
export function primeViews(views: ReadonlyMap<string, MarketView>, tape: Tape, ts: EpochMs): void {
  const waiting = new Set(views.keys());
  for (const record of tape.records) {
    if (waiting.size === 0) return;
    if (record.kind === 'book' && waiting.delete(record.symbol)) views.get(record.symbol)?.prime(record, ts);
  }
}
