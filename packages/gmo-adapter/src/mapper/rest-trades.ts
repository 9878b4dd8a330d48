import type { EpochMs, TradeEvent } from '@alpha-engine/core';
import type { TradeRow } from '../schema/rest-public.js';
import { EXCHANGE } from './exchange.js';
import { parseIsoTime } from './iso-time.js';
import { parsePlainNumber } from './plain-number.js';

const keyOf = (row: TradeRow): string => `${row.timestamp} ${row.price} ${row.size}`;

export const isSameMoment = (a: TradeRow, b: TradeRow): boolean => a.timestamp === b.timestamp;
/** Or of one that equals it: only their sides may tell the rows apart. */
export const isSameMatch = (a: TradeRow, b: TradeRow): boolean =>
  isSameMoment(a, b) && a.price === b.price && a.size === b.size;

/**
 * Where in `rows` a page may begin that was read after them (both newest first): trades that arrived in between have pushed rows onto
 * it. Mostly there is one answer. There are several where equal rows stand at the end, because equal rows can be matches of their own.
 */
export function placesOf(page: readonly TradeRow[], rows: readonly TradeRow[]): number[] {
  const places: number[] = [];
  for (let place = 0; place < rows.length; place++) {
    const shared = Math.min(page.length, rows.length - place);
    let same = shared > 0;
    for (let i = 0; same && i < shared; i++) same = isSameRow(page[i]!, rows[place + i]!);
    if (same) places.push(place);
  }
  return places;
}

const isSameRow = (a: TradeRow, b: TradeRow): boolean => a.side === b.side && isSameMatch(a, b);

/** Whether so much arrived between two reads that a page begins with rows newer than any read before: it says nothing about what is older. */
export function mayBeAhead(page: readonly TradeRow[], rows: readonly TradeRow[]): boolean {
  const [first] = page;
  const [newest] = rows;
  return first !== undefined && newest !== undefined && parseIsoTime(first.timestamp) >= parseIsoTime(newest.timestamp);
}

/** A match, from the first of its two rows on. */
interface Printed {
  readonly row: TradeRow;
  readonly ts: EpochMs;
  readonly price: number;
  readonly size: number;
  isPair: boolean;
}

/**
 * Rows of `GET /v1/trades`, newest first, → one event per match, oldest first, each in the place of its first row. GMO prints every
 * match twice, once as BUY and once as SELL, in no fixed order; equal matches are counted, not merged: three BUY and three SELL rows
 * are three matches.
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
  const matches: Printed[] = [];
  /** Matches that wait for their second row, by what that row will be, first come first served. */
  const open = new Map<string, Printed[]>();
  let rejected = 0;
  for (const row of rows.toReversed()) {
    const printed = readRow(row);
    if (printed === null) {
      rejected++;
      continue;
    }
    const twin = open.get(`${row.side} ${keyOf(row)}`)?.shift();
    if (twin !== undefined) {
      twin.isPair = true;
      continue;
    }
    matches.push(printed);
    const awaited = `${row.side === 'BUY' ? 'SELL' : 'BUY'} ${keyOf(row)}`;
    const waiting = open.get(awaited);
    if (waiting === undefined) open.set(awaited, [printed]);
    else waiting.push(printed);
  }

  let lastPrice = Number.NaN;
  let lastSide: 'buy' | 'sell' | null = null;
  const trades = matches.map(({ row, ts, price, size, isPair }): TradeEvent => {
    if (price > lastPrice) lastSide = 'buy';
    else if (price < lastPrice) lastSide = 'sell';
    lastPrice = price;
    const shown = row.side === 'BUY' ? 'buy' : 'sell';
    const side = isPair ? (lastSide ?? shown) : shown;
    return {
      type: 'trade',
      exchange: EXCHANGE,
      symbol,
      ts,
      data: { price, size, side },
      recv_ts: recvTs,
      origin: 'backfill',
    };
  });
  return { trades, rejected };
}

function readRow(row: TradeRow): Printed | null {
  const price = parsePlainNumber(row.price);
  const size = parsePlainNumber(row.size);
  const ts = parseIsoTime(row.timestamp);
  const isValid = (row.side === 'BUY' || row.side === 'SELL') && price > 0 && size > 0 && !Number.isNaN(ts);
  return isValid ? { row, ts, price, size, isPair: false } : null;
}
