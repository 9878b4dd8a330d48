import type { OrderBookEvent } from '@alpha-engine/core';
import type { EventRows, RowContext } from './event-rows.js';
import { findFields, type KnownFields } from './find-fields.js';
import { receivedIn } from './received-in.js';
import { bareOnce, numberOf, plainName, type Table } from './table.js';
import { RECEIVED_NAMES, TIME_NAMES } from './time-names.js';
import { TimeReader } from './time-reader.js';

type Levels = [price: number, size: number][];

const ENVELOPE: KnownFields<'time' | 'symbol' | 'exchange' | 'received'> = {
  what: 'books',
  names: {
    time: TIME_NAMES,
    symbol: ['symbol', 'productcode', 'instrument', 'instid', 'pair', 'market'],
    exchange: ['exchange', 'venue'],
    received: RECEIVED_NAMES,
  },
  required: ['time'],
  order: [],
};

/** `bid`, `best_bid`, `bid1`, `bids[0].price`, `ask_price_1`; with a size: `bid_size`, `bid1vol`, `asks[0].amount`. */
const LEVEL = /^(?:best)?(bid|ask)s?(\d*)(price|px|p|size|sz|vol|volume|qty|quantity|amount)?(\d*)$/;

/** Where the price and the size of a level stand. */
interface LevelColumns {
  readonly price: number;
  readonly size: number;
}

/** Levels of a table's header, the best first; null when it has not both sides with sizes. */
export function levelColumns(table: Table): { readonly bids: LevelColumns[]; readonly asks: LevelColumns[] } | null {
  const sides = { bid: new Map<number, Partial<LevelColumns>>(), ask: new Map<number, Partial<LevelColumns>>() };
  for (const [index, name] of (table.names ?? []).entries()) {
    const match = LEVEL.exec(plainName(name));
    if (match === null) continue;
    const [, side, before, what = 'price', after] = match;
    const depth = Number(before || after || 0);
    const level = sides[side as 'bid' | 'ask'];
    const part = ['price', 'px', 'p'].includes(what) ? { price: index } : { size: index };
    level.set(depth, { ...level.get(depth), ...part });
  }
  const whole = (levels: Map<number, Partial<LevelColumns>>) =>
    [...levels]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, { price, size }]) => (price === undefined || size === undefined ? [] : [{ price, size }]));
  const [bids, asks] = [whole(sides.bid), whole(sides.ask)];
  return bids.length === 0 || asks.length === 0 ? null : { bids, asks };
}

/** Whole books, one a row: the best quotes with their sizes, or several levels of each side in columns of their own. */
export function bookRows(
  file: string,
  table: Table,
  levels: NonNullable<ReturnType<typeof levelColumns>>,
  context: RowContext,
): EventRows {
  const { at, understood } = findFields(file, table, ENVELOPE, context.columns);
  const times = new TimeReader(context.offsetMs);
  const received = receivedIn(at.received, context.offsetMs);
  const [symbolOf, exchangeOf] = [bareOnce(), bareOnce((name) => name.toLowerCase())];
  return {
    kind: 'books',
    columns: [...understood, `${levels.bids.length} bids and ${levels.asks.length} asks with sizes`],
    header: table.header,
    read(line): OrderBookEvent | string {
      const cells = table.cells(line);
      if (cells === null) return table.misfit;
      const ts = times.read(cells[at.time] ?? '');
      if (typeof ts === 'string') return ts;
      const receivedTs = received(cells);
      if (typeof receivedTs === 'string') return receivedTs;
      const bids = levelsOf(cells, levels.bids);
      const asks = levelsOf(cells, levels.asks);
      if (typeof bids === 'string') return bids;
      if (typeof asks === 'string') return asks;
      const problem = problemOf(bids, asks);
      if (problem !== null) return problem;
      const event: OrderBookEvent = {
        type: 'orderbook',
        exchange: at.exchange < 0 ? context.exchange : exchangeOf(cells[at.exchange] ?? ''),
        symbol: at.symbol < 0 ? context.symbol : symbolOf(cells[at.symbol] ?? ''),
        ts,
        data: { is_snapshot: true, bids, asks },
      };
      // Most rows say nothing of it, and need no second object.
      return receivedTs === undefined ? event : { ...event, recv_ts: receivedTs };
    },
  };
}

/** What is wrong with a whole book. */
export function problemOf(bids: Levels, asks: Levels): string | null {
  for (let index = 1; index < bids.length; index++) {
    if (bids[index]![0] >= bids[index - 1]![0]) return 'bids do not descend';
  }
  for (let index = 1; index < asks.length; index++) {
    if (asks[index]![0] <= asks[index - 1]![0]) return 'asks do not ascend';
  }
  const [bid, ask] = [bids[0], asks[0]];
  return bid !== undefined && ask !== undefined && bid[0] >= ask[0] ? 'bid not below ask' : null;
}

/** The levels that a row has, without those of size 0; or what is wrong. */
function levelsOf(cells: readonly string[], columns: readonly LevelColumns[]): Levels | string {
  const levels: Levels = [];
  for (const { price: priceAt, size: sizeAt } of columns) {
    const [priceCell = '', sizeCell = ''] = [cells[priceAt], cells[sizeAt]];
    if (priceCell === '' && sizeCell === '') continue;
    const price = numberOf(priceCell);
    const size = numberOf(sizeCell);
    if (!Number.isFinite(price + size)) return 'a column is missing or no number';
    if (size < 0) return 'size negative';
    if (size === 0) continue;
    if (price <= 0) return 'price zero or negative';
    levels.push([price, size]);
  }
  return levels;
}
