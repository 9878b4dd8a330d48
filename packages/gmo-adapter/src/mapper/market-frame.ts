import type { EpochMs, OrderBookEvent, TickerEvent, TradeEvent } from '@alpha-engine/core';
import { EXCHANGE } from './exchange.js';
import { parseIsoTime } from './iso-time.js';
import { parsePlainNumber } from './plain-number.js';
import { readPlainTrade } from './plain-trade.js';

export const REJECTIONS = [
  'not_json',
  'not_an_object',
  'unknown_channel',
  'bad_symbol',
  'bad_time',
  'bad_number',
  'unknown_side',
  'bad_level',
  'unsorted_levels',
  'crossed_book',
] as const;

/** A frame that is not what the protocol promises. Nothing of it is used: no field is guessed. */
export interface FrameRejection {
  readonly type: 'rejected';
  readonly reason: (typeof REJECTIONS)[number];
}

/** `{"error":"ERR-5106 Invalid request parameter. symbol"}`: the only answer a command ever gets. */
export interface FrameError {
  readonly type: 'error';
  /** `ERR-5106`, or an empty string when the text does not begin with a code. */
  readonly code: string;
  readonly text: string;
}

export type MarketFrame = TradeEvent | OrderBookEvent | TickerEvent | FrameRejection | FrameError;

type Raw = Readonly<Record<string, unknown>>;

const rejected = (reason: FrameRejection['reason']): FrameRejection => ({ type: 'rejected', reason });

/**
 * One frame of the public WebSocket → one event. Never throws. `recvTs` becomes `recv_ts`. Fields we do not use are ignored
 * (GMO adds `grouping`). Checked by hand: a schema library costs a third of the parse on a book of 100 levels.
 */
export function mapMarketFrame(text: string, recvTs: EpochMs): MarketFrame {
  const trade = readPlainTrade(text, recvTs);
  if (trade !== null) return trade;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return rejected('not_json');
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return rejected('not_an_object');
  return mapMarketMessage(raw as Raw, recvTs);
}

/** The same for a message that is parsed already. */
export function mapMarketMessage(raw: Raw, recvTs: EpochMs): MarketFrame {
  const { channel } = raw;
  if (channel === undefined && typeof raw.error === 'string') return mapFrameError(raw.error);
  if (channel !== 'trades' && channel !== 'orderbooks' && channel !== 'ticker') return rejected('unknown_channel');

  const { symbol } = raw;
  if (typeof symbol !== 'string' || symbol.length === 0 || symbol.length > 64) return rejected('bad_symbol');
  const ts = parseIsoTime(raw.timestamp);
  if (Number.isNaN(ts)) return rejected('bad_time');

  if (channel === 'trades') return mapTrade(raw, symbol, ts, recvTs);
  if (channel === 'ticker') return mapTicker(raw, symbol, ts, recvTs);
  return mapBook(raw, symbol, ts, recvTs);
}

export function mapFrameError(text: string): FrameError {
  return { type: 'error', code: /^ERR-\d+/.exec(text)?.[0] ?? '', text };
}

function mapTrade(raw: Raw, symbol: string, ts: EpochMs, recvTs: EpochMs): MarketFrame {
  const price = parsePlainNumber(raw.price);
  const size = parsePlainNumber(raw.size);
  if (!(price > 0 && size > 0)) return rejected('bad_number');
  const side = raw.side === 'BUY' ? 'buy' : raw.side === 'SELL' ? 'sell' : null;
  if (side === null) return rejected('unknown_side');
  return { type: 'trade', exchange: EXCHANGE, symbol, ts, data: { price, size, side }, recv_ts: recvTs };
}

function mapTicker(raw: Raw, symbol: string, ts: EpochMs, recvTs: EpochMs): MarketFrame {
  const data = {
    bid: parsePlainNumber(raw.bid),
    ask: parsePlainNumber(raw.ask),
    last: parsePlainNumber(raw.last),
    high: parsePlainNumber(raw.high),
    low: parsePlainNumber(raw.low),
    volume: parsePlainNumber(raw.volume),
  };
  const { bid, ask, last, high, low, volume } = data;
  if (!(bid > 0 && ask > 0 && last > 0 && high > 0 && low > 0 && volume >= 0)) return rejected('bad_number');
  return { type: 'ticker', exchange: EXCHANGE, symbol, ts, data, recv_ts: recvTs };
}

function mapBook(raw: Raw, symbol: string, ts: EpochMs, recvTs: EpochMs): MarketFrame {
  const bids = mapLevels(raw.bids, -1);
  if (typeof bids === 'string') return rejected(bids);
  const asks = mapLevels(raw.asks, 1);
  if (typeof asks === 'string') return rejected(asks);
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]];
  // Such orders would have matched: no price of it can be believed.
  if (bid !== undefined && ask !== undefined && bid > ask) return rejected('crossed_book');
  return {
    type: 'orderbook',
    exchange: EXCHANGE,
    symbol,
    ts,
    data: { is_snapshot: true, bids, asks },
    recv_ts: recvTs,
  };
}

/** `direction` 1 for prices that must rise, -1 for prices that must fall. An empty side is legal: the market may be one-sided. */
export function mapLevels(
  raw: unknown,
  direction: 1 | -1,
): [price: number, size: number][] | 'bad_level' | 'unsorted_levels' {
  if (!Array.isArray(raw)) return 'bad_level';
  const levels: [number, number][] = new Array(raw.length);
  let previous = direction === 1 ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < raw.length; i++) {
    const level: unknown = raw[i];
    if (typeof level !== 'object' || level === null) return 'bad_level';
    const price = parsePlainNumber((level as Raw).price);
    const size = parsePlainNumber((level as Raw).size);
    if (!(price > 0 && size >= 0)) return 'bad_level';
    if ((price - previous) * direction <= 0) return 'unsorted_levels';
    previous = price;
    levels[i] = [price, size];
  }
  return levels;
}
