import type { Bar, EpochMs } from '@alpha-engine/core';
import { MAX_POINTS, stepAfter } from './steps.js';

/** Prices of one stretch of time. `ts` is where it begins, a multiple of the sketch's step. */
export interface Candle {
  readonly ts: EpochMs;
  readonly open: number;
  high: number;
  low: number;
  close: number;
}

/** What a chart shows of one symbol. */
export interface SymbolPrices {
  readonly symbol: string;
  /** Length of a candle. */
  readonly stepMs: number;
  readonly candles: readonly Candle[];
  /** Of the first bar: what holding is counted from. */
  readonly firstClose: number;
}

/**
 * The prices of a run for a chart, while they pass by: a few thousand candles at most, however many bars there are. When there are more,
 * candles become longer and neighbours are put together; opens, extremes and closes stay exact.
 */
export class PriceSketch {
  readonly #symbols = new Map<string, { stepMs: number; candles: Candle[]; firstClose: number }>();
  readonly #from: EpochMs;
  readonly #to: EpochMs;
  readonly #most: number;

  /** Bars that begin before `from`, or at `to` or later, are left out. */
  constructor(
    options: { readonly from?: EpochMs | undefined; readonly to?: EpochMs | undefined; readonly most?: number } = {},
  ) {
    this.#from = options.from ?? Number.NEGATIVE_INFINITY;
    this.#to = options.to ?? Number.POSITIVE_INFINITY;
    this.#most = options.most ?? MAX_POINTS;
  }

  take({
    close,
    high,
    low,
    open,
    openTs,
    symbol,
  }: Pick<Bar, 'close' | 'high' | 'low' | 'open' | 'openTs' | 'symbol'>): void {
    if (openTs < this.#from || openTs >= this.#to) return;
    let sketch = this.#symbols.get(symbol);
    if (sketch === undefined) {
      sketch = { stepMs: stepAfter(0), candles: [], firstClose: close };
      this.#symbols.set(symbol, sketch);
    }
    add(sketch.candles, { ts: openTs, open, high, low, close }, sketch.stepMs);
    while (sketch.candles.length > this.#most) {
      sketch.stepMs = stepAfter(sketch.stepMs);
      const shorter = sketch.candles;
      sketch.candles = [];
      for (const candle of shorter) add(sketch.candles, candle, sketch.stepMs);
    }
  }

  prices(): readonly SymbolPrices[] {
    return [...this.#symbols].map(([symbol, sketch]) => ({ symbol, ...sketch }));
  }
}

function add(candles: Candle[], { close, high, low, open, ts }: Candle, stepMs: number): void {
  const begins = Math.floor(ts / stepMs) * stepMs;
  const last = candles.at(-1);
  if (last === undefined || last.ts !== begins) {
    candles.push({ ts: begins, open, high, low, close });
    return;
  }
  if (high > last.high) last.high = high;
  if (low < last.low) last.low = low;
  last.close = close;
}
