import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TradeEvent } from '@alpha-engine/core';
import {
  defaultTapePath,
  loadTape,
  type Tape,
  type TapeLevel,
  type TapeRecord,
} from '@alpha-engine/gmo-adapter/simulator';
import { Random } from './random.js';

export const EXCHANGE = 'gmo';
const MOST_SEGMENTS = 6;
/** Of the shipped tape. */
const BOOK_GRID_MS = 505;
/** Prices of a segment stand so far off the recorded ones, at most. */
const MOST_OFFSET = 0.02;
/**
 * Where the collector misses trades, only every so many-th is traded: REST gives back some hundred a second, and the market must be
 * slower than that. Books are told the more often, so that there is something to do.
 */
const QUIET_EACH = 60;
const QUIET_BOOKS = 6;
const QUIET_LEVELS = 5;

/**
 * The market of a run: the shipped tape several times in a row, each time at other prices that the seed decides, as one tape; the
 * simulator plays it `rounds` times. Nothing but the shipped tape is in memory, however long it lasts.
 */
export interface Market {
  readonly path: string;
  readonly rounds: number;
  readonly symbols: readonly string[];
  /** How long it lasts at this speed. */
  readonly seconds: number;
  /** What the exchange must have said, in its order, without `seq`. */
  trades(symbol: string): Generator<TradeEvent>;
}

export async function makeMarket(
  folder: string,
  { seed, minutes, speed }: { readonly seed: number; readonly minutes: number; readonly speed: number },
  isQuiet: boolean,
): Promise<Market> {
  const shipped = await loadTape(defaultTapePath());
  const tape = isQuiet ? quieter(shipped) : shipped;
  const segmentMs = tape.header.end - tape.header.start + 1;
  const wanted = Math.max(1, Math.round((minutes * 60_000 * speed) / segmentMs));
  const rounds = Math.ceil(wanted / MOST_SEGMENTS);
  const count = Math.ceil(wanted / rounds);
  const random = new Random(seed);
  const offsets = Array.from({ length: count }, () => {
    const share = random.between(-MOST_OFFSET, MOST_OFFSET);
    return Math.round(firstPrice(tape) * share);
  });
  const path = join(folder, 'tape.jsonl');
  await pipeline(Readable.from(lines(tape, segmentMs, offsets)), createWriteStream(path));
  const roundMs = segmentMs * count;
  return {
    path,
    rounds,
    symbols: tape.header.symbols.map(({ symbol }) => symbol),
    seconds: (roundMs * rounds) / 1000 / speed,
    *trades(symbol) {
      for (let round = 0; round < rounds; round++) {
        for (const [segment, offset] of offsets.entries()) {
          const shift = round * roundMs + segment * segmentMs;
          for (const record of tape.records) {
            if (record.kind !== 'trade' || record.symbol !== symbol) continue;
            const { price, size, side, ts } = record;
            const data = { price: price + offset, size, side };
            yield { type: 'trade', exchange: EXCHANGE, symbol, ts: ts + shift, data };
          }
        }
      }
    },
  };
}

function quieter({ header, records }: Tape): Tape {
  let trades = 0;
  const fewer = records.filter(({ kind }) => kind === 'book' || trades++ % QUIET_EACH === 0);
  const more = fewer.flatMap((record) => (record.kind === 'trade' ? [record] : variantsOf(record, header.end)));
  return { header, records: more.toSorted((a, b) => a.ts - b.ts) };
}

/** The book, and what it may have looked like until the next: the best levels with other sizes. */
function variantsOf(book: TapeRecord & { readonly kind: 'book' }, endTs: number): TapeRecord[] {
  const later = Array.from({ length: QUIET_BOOKS - 1 }, (_, index) => {
    const changed = (levels: readonly TapeLevel[]) =>
      levels.slice(0, QUIET_LEVELS).map(([price, size]): TapeLevel => [price, Number((size + index + 1).toFixed(5))]);
    const ts = book.ts + Math.round(((index + 1) * BOOK_GRID_MS) / QUIET_BOOKS);
    return { ...book, ts, bids: changed(book.bids), asks: changed(book.asks) };
  });
  return [book, ...later.filter(({ ts }) => ts <= endTs)];
}

function* lines(tape: Tape, segmentMs: number, offsets: readonly number[]): Generator<string> {
  const { header, records } = tape;
  const end = header.start + segmentMs * offsets.length - 1;
  yield `${JSON.stringify({ ...header, end, records: records.length * offsets.length })}\n`;
  for (const [segment, offset] of offsets.entries()) {
    for (const record of records) yield `${JSON.stringify(moved(record, segment * segmentMs, offset))}\n`;
  }
}

function moved(record: TapeRecord, shift: number, offset: number): readonly unknown[] {
  const { kind, symbol, ts } = record;
  if (record.kind === 'trade') return [kind, symbol, ts + shift, record.price + offset, record.size, record.side];
  const levels = (side: readonly TapeLevel[]) => side.map(([price, size]) => [price + offset, size]);
  return [kind, symbol, ts + shift, levels(record.bids), levels(record.asks)];
}

function firstPrice({ records }: Tape): number {
  for (const record of records) if (record.kind === 'trade') return record.price;
  throw new Error('The shipped tape has no trade.');
}
