import type { MarketEvent } from '@alpha-engine/core';
import { problemOf } from './book-rows.js';
import type { EventRows } from './event-rows.js';

/** Tapes of the GMO simulator: `["trade",symbol,ts,price,size,side]` and `["book",symbol,ts,bids,asks]` after a header. */
export function tapeRows(header: Readonly<Record<string, unknown>>): EventRows {
  const exchange = String(header.exchange ?? '');
  const promised = Number(header.records ?? 0);
  let count = 0;
  return {
    kind: 'events',
    columns: ['a tape of the simulator'],
    header: true,
    read(line): MarketEvent | string {
      count += 1;
      const row = arrayOf(line);
      if (row === null) return 'not a record of a tape';
      const [kind, symbol, ts, first, second, side] = row;
      if (typeof symbol !== 'string' || !Number.isSafeInteger(ts)) return 'not a record of a tape';
      const envelope = { exchange, symbol, ts: ts as number };
      if (kind === 'trade') {
        if (!isPositive(first)) return 'price zero or negative';
        if (!isPositive(second)) return 'size zero or negative';
        if (side !== 'buy' && side !== 'sell') return 'side neither buy nor sell';
        return { type: 'trade', ...envelope, data: { price: first, size: second, side } };
      }
      if (kind !== 'book' || !isSide(first) || !isSide(second)) return 'not a record of a tape';
      const problem = problemOf(first, second);
      if (problem !== null) return problem;
      return { type: 'orderbook', ...envelope, data: { is_snapshot: true, bids: first, asks: second } };
    },
    // Cut between two rows, every row is whole.
    end: () => (count < promised ? `it is cut, ${promised} rows are promised and there are ${count}` : null),
  };
}

function arrayOf(line: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

function isSide(value: unknown): value is [number, number][] {
  return (
    Array.isArray(value) &&
    value.every((level) => Array.isArray(level) && level.length === 2 && isPositive(level[0]) && isPositive(level[1]))
  );
}
