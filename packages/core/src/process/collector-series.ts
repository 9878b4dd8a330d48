import type { Series } from '../bus/streams.js';

/** What a collector of these symbols is the writer of. */
export function collectorSeries(exchange: string, symbols: readonly string[]): Series[] {
  const types = ['trade', 'orderbook', 'ticker', 'status'] as const;
  return symbols.flatMap((symbol) => types.map((type) => ({ stream: `md:${type}`, exchange, symbol, type })));
}
