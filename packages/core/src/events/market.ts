import { z } from 'zod';
import { envelope, positive, side } from './common.js';

/** One match on the exchange. `side` is the taker's. `price` is quote per base, `size` base coin. */
export const tradeEvent = z.object({
  type: z.literal('trade'),
  ...envelope,
  data: z.object({ price: positive, size: positive, side }),
});
export type TradeEvent = z.infer<typeof tradeEvent>;

const level = z.tuple([positive, z.number().nonnegative().finite()]);

/** `[price, size]` pairs: bids descending, asks ascending. In a delta (`is_snapshot: false`) size 0 removes a level. */
export const orderBookEvent = z.object({
  type: z.literal('orderbook'),
  ...envelope,
  data: z.object({
    is_snapshot: z.boolean(),
    bids: z.array(level),
    asks: z.array(level),
    checksum: z.string().optional(),
  }),
});
export type OrderBookEvent = z.infer<typeof orderBookEvent>;

/** Best quotes, last price, and the extremes and volume (base coin) of the last 24 hours. */
export const tickerEvent = z.object({
  type: z.literal('ticker'),
  ...envelope,
  data: z.object({
    bid: positive,
    ask: positive,
    last: positive,
    high: positive,
    low: positive,
    volume: z.number().nonnegative().finite(),
  }),
});
export type TickerEvent = z.infer<typeof tickerEvent>;

export type MarketEvent = TradeEvent | OrderBookEvent | TickerEvent;
export type MarketEventType = MarketEvent['type'];
