import { gmoBook, gmoTicker, gmoTrade } from '../normalise/frames.js';

export type Kind = 'trade' | 'ticker' | 'orderbook';

export const KINDS: readonly Kind[] = ['trade', 'ticker', 'orderbook'];

/** Levels of each side in a frame of GMO Coin's socket. */
const GMO_LEVELS = 30;

/** A frame as GMO Coin sends it; called with its number and exchange time in epoch milliseconds. */
export const makeFrame: Readonly<Record<Kind, (i: number, ts: number) => object>> = {
  trade: gmoTrade,
  ticker: gmoTicker,
  orderbook: (i, ts) => gmoBook(i, ts, GMO_LEVELS),
};
