import type { ExchangeOrder, OrderType, Side, TimeInForce } from '@alpha-engine/core';

/** GMO Coin's words of its private side, and ours. */
export const SIDES: Readonly<Record<string, Side>> = { BUY: 'buy', SELL: 'sell' };
export const TYPES: Readonly<Record<string, OrderType>> = { MARKET: 'market', LIMIT: 'limit', STOP: 'stop' };
export const TIMES: Readonly<Record<string, TimeInForce>> = { FAK: 'ioc', FAS: 'gtc', FOK: 'fok', SOK: 'post_only' };
export const STATES: Readonly<Record<string, ExchangeOrder['state']>> = {
  /** A stop that waits for its trigger is live. */
  WAITING: 'working',
  ORDERED: 'working',
  MODIFYING: 'working',
  CANCELLING: 'working',
  EXECUTED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
};

/** Undefined for a word that is not in the table. */
export function word<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** GMO Coin's word for one of ours. */
export const SIDE_WORDS = { buy: 'BUY', sell: 'SELL' } as const satisfies Record<Side, string>;
export const TYPE_WORDS = { market: 'MARKET', limit: 'LIMIT', stop: 'STOP' } as const satisfies Record<
  OrderType,
  string
>;
export const TIME_WORDS = {
  ioc: 'FAK',
  gtc: 'FAS',
  fok: 'FOK',
  post_only: 'SOK',
} as const satisfies Record<TimeInForce, string>;
