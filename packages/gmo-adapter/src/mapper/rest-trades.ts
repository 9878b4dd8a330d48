import type { EpochMs, TradeEvent } from '@alpha-engine/core';
import type { TradeRow } from '../schema/rest-public.js';
import { parseIsoTime } from './iso-time.js';
import { EXCHANGE } from './market-frame.js';
import { parsePlainNumber } from './plain-number.js';

const keyOf = (row: TradeRow): string => `${row.timestamp} ${row.price} ${row.size}`;
const sameRow = (a: TradeRow, b: TradeRow): boolean => a.side === b.side && keyOf(a) === keyOf(b);

/**
 * How many rows at the beginning of the next page may be the end of what was read (both newest first): trades that arrived between the
 * two reads pushed them over. Mostly there is one answer. There are several where equal rows stand at the edge, because equal rows can
 * be matches of their own, and none where the page does not follow.
 */
export function overlapsOf(rows: readonly TradeRow[], page: readonly TradeRow[]): number[] {
  const [first] = page;
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return [0];
  const overlaps = parseIsoTime(first.timestamp) > parseIsoTime(last.timestamp) ? [] : [0];
  for (let overlap = 1; overlap <= Math.min(rows.length, page.length); overlap++) {
    const start = rows.length - overlap;
    if (page.slice(0, overlap).every((row, i) => sameRow(row, rows[start + i]!))) overlaps.push(overlap);
  }
  return overlaps;
}

/** How many rows a first page read now has before the first of `rows`; null when that is not on it any more. */
export function shiftOf(firstPage: readonly TradeRow[], rows: readonly TradeRow[]): number | null {
  for (let shift = 0; shift < firstPage.length; shift++) {
    if (firstPage.slice(shift).every((row, i) => rows[i] === undefined || sameRow(row, rows[i]))) return shift;
  }
  return null;
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
