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
/** Prices of a segment stand so far off the recorded ones, at most. */
const MOST_OFFSET = 0.02;

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
): Promise<Market> {
  const tape = await loadTape(defaultTapePath());
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
