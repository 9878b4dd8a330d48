import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EpochMs } from '@alpha-engine/core';
import { defaultTapePath, loadTape } from '@alpha-engine/gmo-adapter/simulator';
import type { DayOptions } from './options.js';
import { type RecordedTrade, readRecordedTrades } from './recorded-trades.js';

export const SYMBOL = 'BTC';
/** Of market time, between two made books at least. */
const BOOK_EVERY_MS = 5_000;
const LEVELS = 10;
/** Yen between two levels of a made book. */
const STEP = 50;
/** Of the shipped tape, which trades a hundred times as often as GMO Coin: every so many-th trade. */
const SHIPPED_EACH = 5;

/** What the exchange is to say, as a tape in a file and its trades in memory. */
export interface DayMarket {
  readonly path: string;
  /** Where it comes from and what was done to it. */
  readonly told: string;
  readonly startTs: EpochMs;
  readonly trades: readonly RecordedTrade[];
  /** How long it lasts at this speed, wall time. */
  readonly lengthMs: number;
}

/** Recorded trades with books made around them; without `data` the shipped tape, thinned. */
export async function makeDayMarket(folder: string, options: DayOptions): Promise<DayMarket> {
  const { data, day, minutes, speed } = options;
  const source = data === null ? await shipped() : await recorded(data, day);
  const startTs = source.trades[0]!.ts;
  const trades = source.trades.filter(({ ts }) => ts - startTs < minutes * 60_000 * speed);
  const end = trades.at(-1)!.ts + BOOK_EVERY_MS;
  const records = [...tapeRecords(trades)];
  const path = join(folder, 'tape.jsonl');
  const { origin, licence } = source;
  const header = {
    format: 'alpha-tape',
    version: 1,
    exchange: 'gmo',
    symbols: [{ symbol: SYMBOL, source: origin }],
    start: startTs,
    end,
    records: records.length,
    origin,
    licence,
    conversion: `books of ${LEVELS} levels made around each trade, at most one each ${BOOK_EVERY_MS} ms`,
  };
  const lines = function* () {
    for (const line of [header, ...records]) yield `${JSON.stringify(line)}\n`;
  };
  await pipeline(Readable.from(lines()), createWriteStream(path));
  return { path, told: source.told, startTs, trades, lengthMs: (end - startTs) / speed };
}

interface Source {
  readonly trades: readonly RecordedTrade[];
  readonly told: string;
  readonly origin: string;
  readonly licence: string;
}

async function recorded(folder: string, day: string): Promise<Source> {
  const { name, trades, leftOut } = await readRecordedTrades(folder, day);
  const told = `${name}: ${trades.length} recorded trades (${leftOut} rows without a time or a side left out), books made around them`;
  return { trades, told, origin: `bitFlyer BTC_JPY, ${name}`, licence: 'none stated; for use on this machine' };
}

async function shipped(): Promise<Source> {
  const { header, records } = await loadTape(defaultTapePath());
  const trades = records
    .flatMap((record) => (record.kind === 'trade' && record.symbol === SYMBOL ? [record] : []))
    .filter((_, index) => index % SHIPPED_EACH === 0);
  const told = `No recorded day was given: the shipped tape, ${trades.length} trades (each ${SHIPPED_EACH}th), books made around them`;
  const { origin, licence } = header;
  return { trades, told, origin, licence };
}

function* tapeRecords(trades: readonly RecordedTrade[]): Generator<readonly unknown[]> {
  let bookTs = Number.NEGATIVE_INFINITY;
  let waiting: RecordedTrade | null = null;
  for (const trade of trades) {
    // At equal times trades stand before books.
    if (waiting !== null && trade.ts > waiting.ts) {
      yield madeBook(waiting);
      waiting = null;
    }
    yield ['trade', SYMBOL, trade.ts, trade.price, trade.size, trade.side];
    if (trade.ts - bookTs < BOOK_EVERY_MS) continue;
    bookTs = trade.ts;
    waiting = trade;
  }
  if (waiting !== null) yield madeBook(waiting);
}

/** A buyer paid the best ask, a seller got the best bid. */
function madeBook({ ts, price, side }: RecordedTrade): readonly unknown[] {
  const ask = side === 'buy' ? price : price + STEP;
  const levels = (best: number, direction: 1 | -1) =>
    Array.from({ length: LEVELS }, (_, level) => [best + direction * level * STEP, (level + 1) / 10]);
  return ['book', SYMBOL, ts, levels(ask - STEP, -1), levels(ask, 1)];
}
