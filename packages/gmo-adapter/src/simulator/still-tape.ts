import type { Tape, TapeRecord } from './tape.js';

export interface StillTapeOptions {
  readonly symbols: readonly string[];
  /** The middle of every book. */
  readonly price: number;
  /** Best ask less best bid; default two. */
  readonly spread?: number;
  /** Of both levels; default five. */
  readonly size?: number;
}

/** Any moment: an `origin` says what it becomes. */
const START = 1_700_000_000_000;

/** A tape with one book of one level a side for each symbol, and nothing after it: `play` makes the market. */
export function stillTape({ symbols, price, spread = 2, size = 5 }: StillTapeOptions): Tape {
  const level = (direction: 1 | -1) => [[price + (direction * spread) / 2, size]] as const;
  const records = symbols.map(
    (symbol): TapeRecord => ({ kind: 'book', symbol, ts: START, bids: level(-1), asks: level(1) }),
  );
  const facts = { exchange: 'gmo', origin: 'made', licence: 'none', conversion: 'none' };
  return {
    header: {
      ...{ format: 'alpha-tape', version: 1, ...facts, start: START, end: START + 1, records: records.length },
      symbols: symbols.map((symbol) => ({ symbol, source: 'made' })),
    },
    records,
  };
}
