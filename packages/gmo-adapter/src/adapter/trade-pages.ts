import { isSameMatch, isSameMoment, mayBeAhead, placesOf } from '../mapper/rest-trades.js';
import type { TradeRow } from '../schema/rest-public.js';

const MOST_ROWS = 100;
/** Fewer rows that agree may agree by chance: equal rows are common. */
const TELLING_ROWS = 8;
const MOST_OVERLAP = 80;

type Rows = readonly TradeRow[];

/** Rows `(page - 1) * count` to `page * count - 1` of the list, newest first. */
export interface TradePage {
  readonly page: number;
  readonly count: number;
}

/** Where a reading begins, and what it need not read. */
export interface ReadingStart {
  /** So many rows, newest first, are not asked for; rounded down to pages. */
  readonly skip?: number;
  /** What a reading that did not end brought: once this one has come to it, it goes on behind it. */
  readonly kept?: Rows;
  /** Told what there is so far, after each page. */
  readonly progress?: (rows: Rows) => void;
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
 * within what was read, and is joined where it repeats that. Equal rows may be matches of their own: what repeats must be longer than
 * a run of them. Where that leaves a doubt, the page is asked for again with more overlap; where nothing tells the rows of a moment
 * apart, the place nearest to what is expected is taken.
 *
 * A busy market pushes as many rows as a page holds while one is read. So half of what the last two pages were both pushed by is
 * expected again; a hole that this leaves shows, and is read again.
 */
export async function readTradePages(
  read: (page: TradePage) => Promise<Rows>,
  enough: (rows: Rows) => boolean,
  maxPages: number,
  { skip = 0, kept = [], progress }: ReadingStart = {},
): Promise<TradeRowsRead> {
  const skipped = Math.floor(skip / MOST_ROWS);
  const first = await read({ page: skipped + 1, count: MOST_ROWS });
  if (first.length < MOST_ROWS) return { rows: first, ended: true };
  let rows = behind(first, kept);
  progress?.(rows);
  /** Rows that are known to stand before the first of `rows`, how many of them the last page showed, and how many more are expected. */
  let pushed = skipped * MOST_ROWS;
  let lately = 0;
  let pace = 0;
  let overlap = 0;
  for (let reads = 1; reads < maxPages && !enough(rows); reads++) {
    overlap = Math.max(overlap, telling(rows));
    const window = windowAt(rows.length + pushed + pace, overlap);
    const next = await read(window);
    // Not the page that was asked for: another would be no better.
    if (next.length > window.count) return { rows, ended: false };
    const start = (window.page - 1) * window.count;
    const place = placeOf(next, rows, overlap === MOST_OVERLAP ? start - pushed - pace : null);
    if (place === null) {
      // An older reply may end before this page begins; asked with the most overlap, it does not.
      if (next.length === 0 && pace === 0 && overlap === MOST_OVERLAP) return { rows, ended: true };
      if (next.length === 0) {
        pace = 0;
        overlap = MOST_OVERLAP;
      } else if (mayBeAhead(next, rows) && start >= pushed) {
        pace = start + 1 - pushed;
        pushed = start + 1;
      } else if (pace > 0) pace >>= 1;
      else overlap = Math.min(MOST_OVERLAP, overlap * 2);
      continue;
    }
    const more = Math.max(0, start - place - pushed);
    pace = Math.min(more, lately) >> 1;
    lately = more;
    pushed = Math.max(pushed, start - place);
    overlap = 0;
    rows = behind([...rows, ...next.slice(rows.length - place)], kept);
    progress?.(rows);
    if (next.length < window.count) return { rows, ended: true };
  }
  return { rows, ended: false };
}

/** With what `kept` has behind `rows`, when it surely begins within them. */
function behind(rows: Rows, kept: Rows): Rows {
  const place = kept.length === 0 ? null : placeOf(kept, rows, null);
  if (place === null) return rows;
  return [...rows, ...kept.slice(rows.length - place)];
}

/**
 * Where in `rows` the page begins, or null when that is not known: it repeats too little, or a pattern that comes twice. Given what is
 * expected, the place nearest to that.
 */
function placeOf(page: Rows, rows: Rows, expected: number | null): number | null {
  const last = rows.at(-1)!;
  const least = expected === null ? Math.max(TELLING_ROWS, runOf(rows)) : Math.min(TELLING_ROWS, page.length);
  const places = placesOf(page, rows).filter(
    (place) => Math.min(page.length, rows.length - place) >= least || !isSameMoment(rows[place]!, last),
  );
  const [place, other] = places;
  if (place === undefined) return null;
  if (other === undefined) return place;
  if (expected === null) return null;
  return places.reduce((best, one) => (Math.abs(one - expected) < Math.abs(best - expected) ? one : best));
}

/** How many rows a page has to repeat so that it can be joined: a change of the moment, or enough of them with a change of the match. */
function telling(rows: Rows): number {
  const last = rows.at(-1)!;
  const moment = rows.length - rows.findLastIndex((row) => !isSameMoment(row, last));
  return Math.min(MOST_OVERLAP, moment, Math.max(TELLING_ROWS, runOf(rows)));
}

/** The equal rows at the end, which may go on behind it, and the one before them. */
function runOf(rows: Rows): number {
  const last = rows.at(-1)!;
  return rows.length - rows.findLastIndex((row) => !isSameMatch(row, last));
}

/** The page that reaches furthest beyond row `end` and begins at least `overlap` rows before it, or nearly so where there is none. */
function windowAt(end: number, overlap: number): TradePage {
  for (let before = overlap; ; before--) {
    let best: TradePage = { page: 0, count: 0 };
    for (let count = MOST_ROWS; count > before; count--) {
      const page = Math.floor((end - before) / count) + 1;
      if (page * count > best.page * best.count) best = { page, count };
    }
    if (best.page * best.count > end) return best;
  }
}
