import type { Kind } from './kinds.js';

/** Events a second of one symbol: on average over the recording, and in its worst second. */
export interface Rates {
  readonly mean: Readonly<Record<Kind, number>>;
  readonly worst: Readonly<Record<Kind, number>>;
}

/**
 * GMO Coin, BTC_JPY, 2025-07-16, 05:12–05:20 and 06:14–07:00 UTC, recorded by others: the livelier of the two (of the trades one side, as
 * `TAKER_ONLY` gives them). A book comes about every 505 ms. No recording has its ticker, which comes no more often than the book.
 */
export const GMO: Rates = {
  mean: { trade: 0.18, ticker: 2, orderbook: 2 },
  worst: { trade: 16, ticker: 5, orderbook: 5 },
};

/** bitFlyer, BTC_JPY, the trades of 2018-01-22, the liveliest of four volatile days: 189 408; books and tickers as at GMO Coin. */
export const VOLATILE: Rates = {
  mean: { trade: 2.2, ticker: 2, orderbook: 2 },
  worst: { trade: 550, ticker: 5, orderbook: 5 },
};

/** Binance, spot BTCUSDT, 2024-08-08 23:54 – 2024-08-09 00:05 UTC: trades, best prices at every change, a book every 100 ms. */
export const BTCUSDT: Rates = {
  mean: { trade: 30.6, ticker: 112.5, orderbook: 10 },
  worst: { trade: 954, ticker: 505, orderbook: 10 },
};
