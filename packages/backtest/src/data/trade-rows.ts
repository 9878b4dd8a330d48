import type { Side, TradeEvent } from '@alpha-engine/core';
import type { EventRows, RowContext } from './event-rows.js';
import { findFields, type KnownFields } from './find-fields.js';
import { receivedIn } from './received-in.js';
import { bare, bareOnce, numberOf, type Table } from './table.js';
import { RECEIVED_NAMES, TIME_NAMES } from './time-names.js';
import { TimeReader } from './time-reader.js';

export const TRADE_FIELDS = ['time', 'price', 'size', 'side', 'symbol', 'exchange', 'id', 'received'] as const;
type TradeField = (typeof TRADE_FIELDS)[number];

const KNOWN: KnownFields<TradeField> = {
  what: 'trades',
  names: {
    time: TIME_NAMES,
    price: ['price', 'px', 'p', 'rate', 'tradeprice', 'executionprice'],
    size: ['size', 'quantity', 'qty', 'amount', 'volume', 'vol', 'q', 'baseqty', 'tradesize'],
    side: ['side', 'takerside', 'aggressorside', 'aggressor', 'direction', 'isbuyermaker', 'buyermaker', 'm'],
    symbol: ['symbol', 'productcode', 'instrument', 'instid', 'pair', 'market'],
    exchange: ['exchange', 'venue'],
    received: RECEIVED_NAMES,
    id: ['id', 'tradeid', 'aggtradeid', 'tid', 'execid', 'executionid', 'a'],
  },
  required: ['time', 'price', 'size', 'side'],
  order: [],
};

/** Trades, one a row. `side` is the taker's; a column that says whether the buyer was the maker is understood as well. */
export function tradeRows(file: string, table: Table, context: RowContext): EventRows {
  const { at, understood } = findFields(file, table, KNOWN, context.columns);
  const times = new TimeReader(context.offsetMs);
  const received = receivedIn(at.received, context.offsetMs);
  const [symbolOf, exchangeOf] = [bareOnce(), bareOnce((name) => name.toLowerCase())];
  let before = '';
  return {
    kind: 'trades',
    columns: understood,
    header: table.header,
    read(line): TradeEvent | string {
      const cells = table.cells(line);
      if (cells === null) return table.misfit;
      const ts = times.read(cells[at.time] ?? '');
      if (typeof ts === 'string') return ts;
      const receivedTs = received(cells);
      if (typeof receivedTs === 'string') return receivedTs;
      const price = numberOf(cells[at.price]);
      const size = numberOf(cells[at.size]);
      if (!Number.isFinite(price + size)) return 'a column is missing or no number';
      if (price <= 0) return 'price zero or negative';
      if (size <= 0) return 'size zero or negative';
      const side = sideOf(cells[at.side] ?? '');
      if (side === null) return 'side neither buy nor sell';
      // Two trades may be equal in all but their id; the same id twice is the same trade.
      if (at.id >= 0) {
        if (line === before) return 'the row before once more';
        before = line;
      }
      const event: TradeEvent = {
        type: 'trade',
        exchange: at.exchange < 0 ? context.exchange : exchangeOf(cells[at.exchange] ?? ''),
        symbol: at.symbol < 0 ? context.symbol : symbolOf(cells[at.symbol] ?? ''),
        ts,
        data: { price, size, side },
      };
      // Most rows say nothing of it, and need no second object.
      return receivedTs === undefined ? event : { ...event, recv_ts: receivedTs };
    },
  };
}

function sideOf(cell: string): Side | null {
  switch (cell) {
    case 'BUY':
    case 'buy':
      return 'buy';
    case 'SELL':
    case 'sell':
      return 'sell';
  }
  switch (bare(cell).toLowerCase()) {
    case 'buy':
    case 'b':
    case 'bid':
    // The buyer was not the maker.
    case 'false':
      return 'buy';
    case 'sell':
    case 's':
    case 'ask':
    case 'true':
      return 'sell';
    default:
      return null;
  }
}
