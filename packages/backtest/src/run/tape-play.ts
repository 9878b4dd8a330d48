import type { EpochMs, TickerEvent } from '@alpha-engine/core';
import type { BestPrices } from '@alpha-engine/core/simulation';
import type { Holding } from './account-view.js';

/** One symbol of recorded events: its price at the exchange, and what has come over the feed. */
export interface SymbolPlay extends Holding {
  readonly symbol: string;
  /** Of the last trade, or of what says a price before the first. */
  price: number;
  firstClose: number | null;
  /** As told by the exchange, once there was one; else made of the best prices and the last trade that have come over the feed. */
  ticker: TickerEvent | null;
  best: BestPrices | null;
  last: number;
  toldTs: EpochMs;
  /** The executor has not been told the newest quote. */
  quoteWaits: boolean;
  /** Market time at which the clock may close a bar next. */
  clockDue: EpochMs;
}

export function openPlay(symbol: string): SymbolPlay {
  const quoted = { ticker: null, best: null, last: 0, toldTs: 0, quoteWaits: false };
  return { symbol, price: 0, firstClose: null, size: 0, held: false, ...quoted, clockDue: 0 };
}

export function priceOf({ price }: SymbolPlay): number {
  return price;
}

/** Of the best prices and the last trade, where the exchange tells no tickers; null before the first book. */
export function quoteOf({ best, last: price, symbol, toldTs }: SymbolPlay, exchange: string): TickerEvent | null {
  if (best === null) return null;
  const { bid, ask } = best;
  const last = price > 0 ? price : (bid + ask) / 2;
  const data = { bid, ask, last, high: last, low: last, volume: 0 };
  return { type: 'ticker', exchange, symbol, ts: toldTs, data };
}
