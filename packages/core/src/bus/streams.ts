import type { AlphaEvent, EventType } from '../events/event.js';
import { ALL_SYMBOLS } from '../events/status.js';

/** `md:trade`, `signal:gmo`, `dlq:md:trade` … See docs/events.md for the whole list. */
export type StreamName = string;

export const MARKET_STREAMS = ['md:trade', 'md:orderbook', 'md:ticker', 'md:status'] as const;

/** The stream an event belongs to. */
export function streamOf(event: Pick<AlphaEvent, 'type' | 'exchange'>): StreamName {
  switch (event.type) {
    case 'trade':
    case 'orderbook':
    case 'ticker':
    case 'status':
      return `md:${event.type}`;
    case 'signal':
      return `signal:${event.exchange}`;
    case 'order':
    case 'denial':
    case 'trading_state':
      return `order:${event.exchange}`;
    case 'control':
      return `ctl:${event.exchange}`;
  }
}

/** One line of events with one writer and one count: an exchange, a symbol and a type on a stream. */
export interface Series {
  readonly stream: StreamName;
  readonly exchange: string;
  readonly symbol: string;
  readonly type: EventType;
}

/** Text key of a series, unique over the whole bus. */
export type SeriesKey = string;

export function seriesKey(series: Series): SeriesKey {
  return `${series.stream}|${series.exchange}|${series.symbol}|${series.type}`;
}

export function parseSeriesKey(key: SeriesKey): Series {
  const [stream, exchange, symbol, type] = key.split('|') as [string, string, string, EventType];
  return { stream, exchange, symbol, type };
}

export function seriesOf(event: Pick<AlphaEvent, 'type' | 'exchange' | 'symbol'>): Series {
  return { stream: streamOf(event), exchange: event.exchange, symbol: event.symbol, type: event.type };
}

/** `symbol`: each symbol of an exchange has its own `md` streams (`md:trade:gmo:BTC_JPY`). */
export type Partition = 'none' | 'symbol';

/** The stream that carries a series under this partition. */
export function partitionOf({ stream, exchange, symbol }: Series, partition: Partition): StreamName {
  return partition === 'symbol' && stream.startsWith('md:') ? `${stream}:${exchange}:${symbol}` : stream;
}

/** What carries market events of one type (`md:trade`) for these symbols; status events of the whole exchange included. */
export function marketStreams(
  stream: (typeof MARKET_STREAMS)[number],
  of: { readonly exchange: string; readonly symbols: readonly string[]; readonly partition: Partition },
): readonly StreamName[] {
  if (of.partition === 'none') return [stream];
  const symbols = stream === 'md:status' ? [ALL_SYMBOLS, ...of.symbols] : of.symbols;
  return [...new Set(symbols)].map((symbol) => `${stream}:${of.exchange}:${symbol}`);
}
