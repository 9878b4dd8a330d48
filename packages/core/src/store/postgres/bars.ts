import { type Bar, barKeyOf } from '../../market/bar.js';
import type { Timeframe } from '../../market/timeframe.js';
import type { BarQuery } from '../store.js';
import type { Session } from './database.js';
import { columns, lastByKey } from './values.js';

const key = (bar: Bar) =>
  `${bar.exchange}|${bar.symbol}|${bar.timeframe}|${String(bar.openTs).padStart(16, '0')}|${String(bar.ordinal ?? 0).padStart(9, '0')}`;

export async function writeBars(session: Session, bars: readonly Bar[]): Promise<void> {
  // In one order in every transaction, so that two engines on the same symbols cannot wait for each other.
  const rows = lastByKey(bars, key).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  await session.query(
    `INSERT INTO ohlcv (exchange, symbol, timeframe, open_ts, ordinal, close_ts, open, high, low, close, volume, trades)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[], $6::bigint[], $7::float8[],
                          $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::bigint[])
     ON CONFLICT (exchange, symbol, timeframe, open_ts, ordinal) DO UPDATE SET
       close_ts = excluded.close_ts, open = excluded.open, high = excluded.high, low = excluded.low,
       close = excluded.close, volume = excluded.volume, trades = excluded.trades`,
    columns<Bar>(
      rows,
      (bar) => bar.exchange,
      (bar) => bar.symbol,
      (bar) => bar.timeframe,
      (bar) => bar.openTs,
      (bar) => bar.ordinal ?? 0,
      (bar) => bar.closeTs,
      (bar) => bar.open,
      (bar) => bar.high,
      (bar) => bar.low,
      (bar) => bar.close,
      (bar) => bar.volume,
      (bar) => bar.trades,
    ),
  );
}

interface BarRow {
  readonly open_ts: string;
  readonly ordinal: number;
  readonly close_ts: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: string;
}

export async function readBars(session: Session, query: BarQuery): Promise<readonly Bar[]> {
  const { exchange, symbol, timeframe, from, to, limit } = query;
  const newestFirst = limit !== undefined && from === undefined;
  const order = newestFirst ? 'DESC' : 'ASC';
  const { rows } = await session.query<BarRow>(
    `SELECT open_ts, ordinal, close_ts, open, high, low, close, volume, trades FROM ohlcv
     WHERE exchange = $1 AND symbol = $2 AND timeframe = $3
       AND ($4::bigint IS NULL OR open_ts >= $4) AND ($5::bigint IS NULL OR open_ts < $5)
     ORDER BY open_ts ${order}, ordinal ${order} LIMIT $6`,
    [exchange, symbol, timeframe, from ?? null, to ?? null, limit ?? null],
  );
  if (newestFirst) rows.reverse();
  return rows.map((row) => barOf(row, exchange, symbol, timeframe));
}

function barOf(row: BarRow, exchange: string, symbol: string, timeframe: Timeframe): Bar {
  const { open, high, low, close, volume } = row;
  return {
    exchange,
    symbol,
    timeframe,
    ...barKeyOf({ openTs: Number(row.open_ts), ordinal: row.ordinal }),
    closeTs: Number(row.close_ts),
    open,
    high,
    low,
    close,
    volume,
    trades: Number(row.trades),
  };
}
