import { z } from 'zod';

/** Shapes of the public REST answers: what we use of them; unknown fields are ignored. Numbers come as strings. */

export const envelope = z.object({
  status: z.number(),
  data: z.unknown().optional(),
  messages: z.array(z.object({ message_code: z.string(), message_string: z.string().optional() })).optional(),
  /** Missing in maintenance and on 404. */
  responsetime: z.string().optional(),
});

export const plainDecimal = z.string().regex(/^-?\d+(\.\d+)?$/);

export const statusData = z.object({ status: z.string() });

export const tickerRow = z.object({
  symbol: z.string(),
  timestamp: z.string(),
  bid: z.string(),
  ask: z.string(),
  last: z.string(),
  high: z.string(),
  low: z.string(),
  volume: z.string(),
});
export type TickerRow = z.infer<typeof tickerRow>;

const bookLevel = z.object({ price: z.string(), size: z.string() });
export const bookData = z.object({
  symbol: z.string(),
  /** Older samples lack it. */
  timestamp: z.string().optional(),
  asks: z.array(bookLevel),
  bids: z.array(bookLevel),
});
export type BookData = z.infer<typeof bookData>;

export const tradeRow = z.object({ price: z.string(), size: z.string(), side: z.string(), timestamp: z.string() });
export type TradeRow = z.infer<typeof tradeRow>;

export const klineRow = z.object({
  openTime: z.string().regex(/^\d{1,15}$/),
  open: z.string(),
  high: z.string(),
  low: z.string(),
  close: z.string(),
  volume: z.string(),
});
export type KlineRow = z.infer<typeof klineRow>;

export const symbolRow = z.object({
  symbol: z.string().min(1).max(64),
  minOrderSize: plainDecimal,
  maxOrderSize: plainDecimal,
  sizeStep: plainDecimal,
  tickSize: plainDecimal,
  takerFee: plainDecimal,
  makerFee: plainDecimal,
});
export type SymbolRow = z.infer<typeof symbolRow>;

/** A list that may be `{}` when there is nothing in it. */
export function listOf<T extends z.ZodType>(row: T) {
  return z.object({ list: z.array(row).optional() }).transform((data) => data.list ?? []);
}
