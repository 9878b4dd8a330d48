import { isAhead, placesOf } from '../mapper/rest-trades.js';
import type { TradeRow } from '../schema/rest-public.js';

const MOST_ROWS = 100;

type Rows = readonly TradeRow[];

/** Rows `(page - 1) * count` to `page * count - 1` of the list, newest first. */
export interface TradePage {
  readonly page: number;
  readonly count: number;
}

export interface TradeRowsRead {
  /** Newest first; each row of the exchange once. */
  readonly rows: Rows;
  /** The exchange has nothing older. */
  readonly ended: boolean;
}

/**
 * Reads `GET /v1/trades` from the newest row back, until `enough` is read, the list ends, or there were `maxPages`.
 *
 * Trades that arrive between two reads push rows down, and a reply may be older than the one before. So each page is asked to begin
 * within what was read, and is joined where it repeats that. Equal rows may be matches of their own and are no proof of a repetition;
 * a repetition across two moments is, because no list in order of time contains it twice. What cannot be joined ends the reading.
 */
export async function readTradePages(
  read: (page: TradePage) => Promise<Rows>,
  enough: (rows: Rows) => boolean,
  maxPages: number,
): Promise<TradeRowsRead> {
  let rows = await read({ page: 1, count: MOST_ROWS });
  if (rows.length < MOST_ROWS) return { rows, ended: true };
  /** Rows that are known to have arrived before the first of `rows`. */
  let pushed = 0;
  for (let reads = 1; reads < maxPages && !enough(rows); reads++) {
    const window = windowAt(rows.length + pushed, lastMoment(rows) + 1);
    const next = await read(window);
    if (next.length === 0) return { rows, ended: true };
    const start = (window.page - 1) * window.count;
    if (isAhead(next, rows)) {
      pushed += window.count;
      continue;
    }
    const [place, other] = placesOf(next, rows);
    if (place === undefined || other !== undefined) continue;
    pushed = Math.max(pushed, start - place);
    rows = [...rows, ...next.slice(rows.length - place)];
    if (next.length < window.count) return { rows, ended: true };
  }
  return { rows, ended: false };
}

/** How many rows at the end are of one moment. */
function lastMoment(rows: Rows): number {
  const ts = rows.at(-1)?.timestamp;
  return rows.length - 1 - rows.findLastIndex((row) => row.timestamp !== ts);
}

/** The page that reaches furthest beyond row `end` and begins at least `overlap` rows before it, or nearly so where there is none. */
function windowAt(end: number, overlap: number): TradePage {
  for (let before = Math.min(overlap, MOST_ROWS - 1); ; before--) {
    let best: TradePage = { page: 0, count: 0 };
    for (let count = MOST_ROWS; count > before; count--) {
      const page = Math.floor((end - before) / count) + 1;
      if (page * count > best.page * best.count) best = { page, count };
    }
    if (best.page * best.count > end) return best;
  }
}
