import {
  type Bar,
  Decimal,
  type EpochMs,
  type Instrument,
  intervalStart,
  type OrderBookEvent,
  type TickerEvent,
  type Timeframe,
  timeframeMs,
} from '@alpha-engine/core';
import type { BookData, KlineRow, SymbolRow, TickerRow } from '../schema/rest-public.js';
import { EXCHANGE } from './exchange.js';
import { parseIsoTime } from './iso-time.js';
import { mapLevels, mapMarketMessage } from './market-frame.js';
import { parsePlainNumber } from './plain-number.js';

/** GMO marks leverage symbols by nothing but this ending. */
export function isLeverage(symbol: string): boolean {
  return symbol.endsWith('_JPY');
}

/** Private customers trade at leverage 2 at most; no endpoint says it. */
const MARGIN_RATE = Decimal.of('0.5');

export function mapInstrument(row: SymbolRow): Instrument {
  const leverage = isLeverage(row.symbol);
  return {
    exchange: EXCHANGE,
    symbol: row.symbol,
    kind: leverage ? 'leverage' : 'spot',
    base: leverage ? row.symbol.slice(0, -'_JPY'.length) : row.symbol,
    quote: 'JPY',
    tickSize: Decimal.of(row.tickSize),
    sizeStep: Decimal.of(row.sizeStep),
    minSize: Decimal.of(row.minOrderSize),
    maxSize: Decimal.of(row.maxOrderSize),
    takerFeeRate: Decimal.of(row.takerFee),
    makerFeeRate: Decimal.of(row.makerFee),
    ...(leverage && { marginRate: MARGIN_RATE }),
  };
}

/** Null when a value is not what a ticker may hold (a coin without a quote). */
export function mapTickerRow(row: TickerRow, recvTs: EpochMs): TickerEvent | null {
  const event = mapMarketMessage({ ...row, channel: 'ticker' }, recvTs);
  return event.type === 'ticker' ? { ...event, origin: 'backfill' } : null;
}

/** `fallbackTs` for answers without a time of their own. Null when a level is malformed or out of order. */
export function mapBookData(data: BookData, fallbackTs: EpochMs, recvTs: EpochMs): OrderBookEvent | null {
  const bids = mapLevels(data.bids, -1);
  const asks = mapLevels(data.asks, 1);
  if (typeof bids === 'string' || typeof asks === 'string') return null;
  const ts = data.timestamp ? parseIsoTime(data.timestamp) : fallbackTs;
  if (Number.isNaN(ts)) return null;
  return {
    type: 'orderbook',
    exchange: EXCHANGE,
    symbol: data.symbol,
    ts,
    data: { is_snapshot: true, bids, asks },
    recv_ts: recvTs,
    origin: 'backfill',
  };
}

/** GMO's word for an interval, and whether it is asked by day (`20260923`) or by year. */
export interface KlineInterval {
  readonly interval: string;
  readonly source: Timeframe;
}

/**
 * Our timeframes, each from the longest interval of GMO's that divides it and is aligned to UTC. From four hours on GMO's own bars
 * begin at 06:00 JST (21:00 UTC) and are not ours; those are put together from hours.
 */
export const KLINE_INTERVALS: Readonly<Record<Timeframe, KlineInterval>> = {
  '1m': { interval: '1min', source: '1m' },
  '3m': { interval: '1min', source: '1m' },
  '5m': { interval: '5min', source: '5m' },
  '10m': { interval: '10min', source: '10m' },
  '15m': { interval: '15min', source: '15m' },
  '30m': { interval: '30min', source: '30m' },
  '1h': { interval: '1hour', source: '1h' },
  '2h': { interval: '1hour', source: '1h' },
  '4h': { interval: '1hour', source: '1h' },
  '6h': { interval: '1hour', source: '1h' },
  '8h': { interval: '1hour', source: '1h' },
  '12h': { interval: '1hour', source: '1h' },
  '1d': { interval: '1hour', source: '1h' },
};

const DAY_MS = 86_400_000;
/** A business day begins at 06:00 JST, which is 21:00 UTC of the day before. */
const BUSINESS_DAY_SHIFT_MS = 3 * 3_600_000;

/** The JST business days, as `YYYYMMDD`, that `[from, to)` touches, in order. */
export function businessDays(from: EpochMs, to: EpochMs): string[] {
  const days: string[] = [];
  for (
    let day = Math.floor((from + BUSINESS_DAY_SHIFT_MS) / DAY_MS);
    day * DAY_MS - BUSINESS_DAY_SHIFT_MS < to;
    day++
  ) {
    days.push(new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', ''));
  }
  return days;
}

/**
 * One candle. Null when it is malformed. `volume` is GMO's: the sum over both printed rows of each match, so between once and twice
 * what was matched. The number of trades is not told and is 0.
 */
export function mapKline(row: KlineRow, symbol: string, timeframe: Timeframe): Bar | null {
  const openTs = Number(row.openTime);
  const open = parsePlainNumber(row.open);
  const high = parsePlainNumber(row.high);
  const low = parsePlainNumber(row.low);
  const close = parsePlainNumber(row.close);
  const volume = parsePlainNumber(row.volume);
  const sane = low > 0 && high >= Math.max(open, close) && low <= Math.min(open, close) && volume >= 0;
  if (!sane || intervalStart(timeframe, openTs) !== openTs) return null;
  const closeTs = openTs + timeframeMs(timeframe);
  return { exchange: EXCHANGE, symbol, timeframe, openTs, closeTs, open, high, low, close, volume, trades: 0 };
}
