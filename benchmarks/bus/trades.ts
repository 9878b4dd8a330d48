import type { TradeEvent } from '@alpha-engine/core';

export function trades(from: number, count: number, price = 6_123_456): TradeEvent[] {
  return Array.from({ length: count }, (_, index) => trade(from + index, price));
}

export function trade(seq: number, price: number): TradeEvent {
  const data = { price, size: 0.01, side: 'buy' as const };
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1_732_312_345_000 + seq, seq, data };
}
