import type { EpochMs, TradeEvent } from '@alpha-engine/core';
import type { TradeRow } from '../schema/rest-public.js';
import { parseIsoTime } from './iso-time.js';
import { EXCHANGE } from './market-frame.js';
import { parsePlainNumber } from './plain-number.js';

const keyOf = (row: TradeRow): string => `${row.timestamp} ${row.price} ${row.size}`;
const sameRow = (a: TradeRow, b: TradeRow): boolean => a.side === b.side && keyOf(a) === keyOf(b);

/**
 * Appends the next page (both newest first). Trades that arrived between the two reads pushed the end of the last page onto the
 * beginning of this one: the longest such overlap is cut.
 */
export function joinPages(rows: readonly TradeRow[], page: readonly TradeRow[]): TradeRow[] {
  for (let overlap = Math.min(rows.length, page.length); overlap > 0; overlap--) {
    const start = rows.length - overlap;
    if (page.slice(0, overlap).every((row, i) => sameRow(row, rows[start + i]!)))
      return [...rows, ...page.slice(overlap)];
  }
  return [...rows, ...page];
}

/** Whether more than a page arrived between two reads, so that the next page begins with rows newer than any read before: it says nothing about what is older. */
export function isAhead(page: readonly TradeRow[], rows: readonly TradeRow[]): boolean {
  const [first] = page;
  const [newest] = rows;
  return first !== undefined && newest !== undefined && parseIsoTime(first.timestamp) > parseIsoTime(newest.timestamp);
}

/**
 * Rows of `GET /v1/trades`, newest first, → one event per match, oldest first. GMO prints every match twice, once as BUY and once as
 * SELL, in no fixed order; equal matches are counted, not merged: three BUY and three SELL rows are three matches.
 *
 * Which side took is not told for a pair. It is inferred by the tick rule: a price above the last different one was bought, one below
 * it sold; before the first change, the first printed row counts. A row without its twin keeps its side. Malformed rows are left out
 * and counted in `rejected`.
 */
export function mapTradeRows(
  rows: readonly TradeRow[],
  symbol: string,
  recvTs: EpochMs,
): { trades: TradeEvent[]; rejected: number } {
  const groups = new Map<string, { first: TradeRow; buys: number; sells: number }>();
  let rejected = 0;
  for (const row of rows.toReversed()) {
    const valid =
      (row.side === 'BUY' || row.side === 'SELL') &&
      parsePlainNumber(row.price) > 0 &&
      parsePlainNumber(row.size) > 0 &&
      !Number.isNaN(parseIsoTime(row.timestamp));
    if (!valid) {
      rejected++;
      continue;
    }
    const key = keyOf(row);
    const group = groups.get(key) ?? { first: row, buys: 0, sells: 0 };
    groups.set(key, group);
    if (row.side === 'BUY') group.buys++;
    else group.sells++;
  }

  const trades: TradeEvent[] = [];
  let lastPrice = Number.NaN;
  let lastSide: 'buy' | 'sell' | null = null;
  for (const { first, buys, sells } of groups.values()) {
    const price = parsePlainNumber(first.price);
    if (price > lastPrice) lastSide = 'buy';
    else if (price < lastPrice) lastSide = 'sell';
    lastPrice = price;
    const inferred = lastSide ?? (first.side === 'BUY' ? 'buy' : 'sell');
    const paired = Math.min(buys, sells);
    for (let i = 0; i < Math.max(buys, sells); i++) {
      const side = i < paired ? inferred : buys > sells ? 'buy' : 'sell';
      trades.push({
        type: 'trade',
        exchange: EXCHANGE,
        symbol,
        ts: parseIsoTime(first.timestamp),
        data: { price, size: parsePlainNumber(first.size), side },
        recv_ts: recvTs,
        origin: 'backfill',
      });
    }
  }
  return { trades, rejected };
}
