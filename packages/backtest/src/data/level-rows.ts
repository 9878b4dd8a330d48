import type { EpochMs, OrderBookEvent } from '@alpha-engine/core';
import { problemOf } from './book-rows.js';
import type { EventRows, RowContext } from './event-rows.js';
import { findFields, type KnownFields } from './find-fields.js';
import { receivedIn } from './received-in.js';
import { bare, bareOnce, numberOf, plainName, type Table } from './table.js';
import { RECEIVED_NAMES, TIME_NAMES } from './time-names.js';
import { TimeReader } from './time-reader.js';

const KNOWN: KnownFields<'time' | 'price' | 'size' | 'side' | 'snapshot' | 'symbol' | 'exchange' | 'received'> = {
  what: 'changes of books',
  names: {
    time: TIME_NAMES,
    price: ['price'],
    size: ['amount', 'size', 'quantity', 'qty'],
    side: ['side'],
    snapshot: ['issnapshot'],
    symbol: ['symbol', 'instrument', 'pair', 'market'],
    exchange: ['exchange', 'venue'],
    received: RECEIVED_NAMES,
  },
  required: ['time', 'price', 'size', 'side', 'snapshot'],
  order: [],
};

/** Rows that follow each other and came in one message. */
interface Message {
  readonly key: string;
  readonly envelope: Pick<OrderBookEvent, 'exchange' | 'symbol' | 'ts' | 'recv_ts'>;
  /** In place of everything known before. */
  readonly whole: boolean;
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

/** Whether a table has one changed level a row: `is_snapshot,side,price,amount`. */
export function isLevelTable({ names }: Table): boolean {
  const plain = (names ?? []).map(plainName);
  return ['issnapshot', 'side', 'price'].every((name) => plain.includes(name));
}

/**
 * Changes of books, a level a row; size 0 takes it away. Rows with the same times and symbol came in one message and are one event. A row
 * that says `is_snapshot` after one that does not begins a new book; further such rows add to it.
 */
export function levelRows(file: string, table: Table, context: RowContext): EventRows {
  const { at, understood } = findFields(file, table, KNOWN, context.columns);
  const times = new TimeReader(context.offsetMs);
  const received = receivedIn(at.received, context.offsetMs);
  const [symbolOf, exchangeOf] = [bareOnce(), bareOnce((name) => name.toLowerCase())];
  let message: Message | null = null;
  /** A book cannot be changed out of turn: an earlier time than before counts as the one before. */
  let newestTs: EpochMs = 0;
  /** Symbols whose last row was one of a snapshot. */
  const inSnapshot = new Set<string>();
  return {
    kind: 'books',
    columns: understood,
    header: table.header,
    read(line): OrderBookEvent | string | null {
      const cells = table.cells(line);
      if (cells === null) return table.misfit;
      const ts = times.read(cells[at.time] ?? '');
      if (typeof ts === 'string') return ts;
      const receivedTs = received(cells);
      if (typeof receivedTs === 'string') return receivedTs;
      const [price, size] = [numberOf(cells[at.price]), numberOf(cells[at.size])];
      if (!Number.isFinite(price + size)) return 'a column is missing or no number';
      if (price <= 0) return 'price zero or negative';
      if (size < 0) return 'size negative';
      const side = sideOf(cells[at.side] ?? '');
      if (side === null) return 'side neither bid nor ask';
      const snapshot = bare(cells[at.snapshot] ?? '').toLowerCase();
      if (!TRUTH.has(snapshot)) return 'is_snapshot neither true nor false';
      const symbol = at.symbol < 0 ? context.symbol : symbolOf(cells[at.symbol] ?? '');
      const key = `${cells[at.time]} ${cells[at.received] ?? ''} ${snapshot} ${symbol}`;
      let before: OrderBookEvent | string | null = null;
      if (message?.key !== key) {
        before = eventOf(message);
        newestTs = Math.max(newestTs, ts);
        const isSnapshot = TRUTH.get(snapshot) === true;
        const exchange = at.exchange < 0 ? context.exchange : exchangeOf(cells[at.exchange] ?? '');
        const envelope = { exchange, symbol, ts: newestTs, ...(receivedTs !== undefined && { recv_ts: receivedTs }) };
        message = { key, envelope, whole: isSnapshot && !inSnapshot.has(symbol), bids: new Map(), asks: new Map() };
        if (isSnapshot) inSnapshot.add(symbol);
        else inSnapshot.delete(symbol);
      }
      message[side].set(price, size);
      return before;
    },
    end: () => eventOf(message),
  };
}

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

function sideOf(cell: string): 'bids' | 'asks' | null {
  switch (bare(cell).toLowerCase()) {
    case 'bid':
    case 'buy':
    case 'b':
      return 'bids';
    case 'ask':
    case 'sell':
    case 'a':
      return 'asks';
    default:
      return null;
  }
}

function eventOf(message: Message | null): OrderBookEvent | string | null {
  if (message === null) return null;
  const { asks, bids, envelope, whole } = message;
  const levels = (side: ReadonlyMap<number, number>, direction: 1 | -1) =>
    [...side].filter(([, size]) => size > 0 || !whole).toSorted(([a], [b]) => direction * (a - b));
  const data = { is_snapshot: whole, bids: levels(bids, -1), asks: levels(asks, 1) };
  const problem = whole ? problemOf(data.bids, data.asks) : null;
  return problem ?? { type: 'orderbook', ...envelope, data };
}
