import { isAhead, overlapsOf, shiftOf } from '../mapper/rest-trades.js';
import type { TradeRow } from '../schema/rest-public.js';

export const PAGE_ROWS = 100;
/** How often the first page is read to tell a repetition from a second match. */
const COUNTS = 6;

type Rows = readonly TradeRow[];

export interface TradeRowsRead {
  /** Newest first; each row of the exchange once. */
  readonly rows: Rows;
  /** The exchange has nothing older. */
  readonly ended: boolean;
}

/**
 * Reads pages of `GET /v1/trades`, newest first, until `enough` of them are read, the list ends, or there were `maxPages`. Trades that
 * arrive between two reads push rows from one page to the next. Where equal rows stand at the edge of a page, so that a repetition
 * cannot be told from a second match, the first page is read before and after to count what arrived.
 */
export async function readTradePages(
  read: (page: number) => Promise<Rows>,
  enough: (rows: Rows) => boolean,
  maxPages: number,
): Promise<TradeRowsRead> {
  let rows = await read(1);
  if (rows.length < PAGE_ROWS) return { rows, ended: true };
  for (let page = 2; page <= maxPages && !enough(rows); page++) {
    let next = await read(page);
    if (isAhead(next, rows)) continue;
    const overlaps = overlapsOf(rows, next);
    let overlap = overlaps[0];
    if (overlaps.length > 1) {
      const told = await readCounting(read, page, rows);
      next = told?.page ?? next;
      overlap = told?.overlap;
    }
    // What cannot be joined for certain ends what is read for certain.
    if (overlap === undefined) break;
    rows = [...rows, ...next.slice(overlap)];
    if (next.length < PAGE_ROWS) return { rows, ended: true };
  }
  return { rows, ended: false };
}

/** A page, and how many of its rows were read before: of the possible numbers the one that the arrivals allow. */
async function readCounting(
  read: (page: number) => Promise<Rows>,
  page: number,
  rows: Rows,
): Promise<{ page: Rows; overlap: number } | null> {
  const before = (page - 1) * PAGE_ROWS;
  let least = shiftOf(await read(1), rows);
  for (let count = 1; count < COUNTS && least !== null; count++) {
    const next = await read(page);
    const most = shiftOf(await read(1), rows);
    if (most === null) break;
    const least0 = least;
    const overlaps = overlapsOf(rows, next).filter((overlap) => {
      const shift = overlap - rows.length + before;
      return shift >= least0 && shift <= most;
    });
    if (overlaps.length === 1) return { page: next, overlap: overlaps[0]! };
    least = most;
  }
  return null;
}
