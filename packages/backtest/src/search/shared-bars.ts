import { createHash } from 'node:crypto';
import type { Bar } from '@alpha-engine/core';
import type { BarSource, DataProvenance } from '../data/bar-source.js';

const FIELDS = ['openTs', 'closeTs', 'open', 'high', 'low', 'close', 'volume', 'trades'] as const;
/** Bars made at a time: few enough that they are gone before the collector of garbage has to copy them. */
const BATCH = 1_024;

/** What the bars of one series have in common. */
type Series = Pick<Bar, 'exchange' | 'symbol' | 'timeframe'>;

/** What may be sent to another thread; the memory is shared, not copied. */
export interface SharedBarsMessage {
  readonly columns: SharedArrayBuffer;
  readonly length: number;
  readonly series: readonly Series[];
  readonly provenance: readonly DataProvenance[];
}

/**
 * All bars of a source as columns of numbers in memory that every thread sees: 72 bytes a bar, once, however many threads there are.
 * Bars are made as they are read and not kept.
 */
export class SharedBars implements BarSource {
  readonly message: SharedBarsMessage;
  readonly #columns: readonly Float64Array[];
  readonly #seriesOf: Float64Array;

  constructor(message: SharedBarsMessage) {
    this.message = message;
    const { columns, length } = message;
    const column = (index: number) => new Float64Array(columns, index * length * 8, length);
    this.#columns = FIELDS.map((_, index) => column(index));
    this.#seriesOf = column(FIELDS.length);
  }

  /** Reads a source to its end. Throws what the source throws. */
  static async read(source: BarSource): Promise<SharedBars> {
    const batches: Float64Array[] = [];
    const series: Series[] = [];
    let length = 0;
    for await (const bars of source.bars()) {
      const rows = new Float64Array(bars.length * (FIELDS.length + 1));
      bars.forEach((bar, index) => {
        const place = index * (FIELDS.length + 1);
        FIELDS.forEach((field, offset) => {
          rows[place + offset] = bar[field];
        });
        rows[place + FIELDS.length] = seriesIndex(series, bar);
      });
      batches.push(rows);
      length += bars.length;
    }
    const columns = new SharedArrayBuffer(length * (FIELDS.length + 1) * 8);
    const all = new Float64Array(columns);
    let at = 0;
    for (const rows of batches) {
      for (let place = 0; place < rows.length; at++) {
        for (let field = 0; field <= FIELDS.length; field++, place++) all[field * length + at] = rows[place] as number;
      }
    }
    return new SharedBars({ columns, length, series, provenance: source.provenance() });
  }

  get length(): number {
    return this.message.length;
  }

  /** Of every price and time: the same bars have the same, whatever file they came from. */
  sha256(): string {
    const hash = createHash('sha256').update(JSON.stringify(this.message.series));
    return hash.update(new Uint8Array(this.message.columns)).digest('hex');
  }

  provenance(): readonly DataProvenance[] {
    return this.message.provenance;
  }

  /** Those from one place (included) to another (excluded). */
  *bars(from = 0, to = this.length): Generator<readonly Bar[]> {
    for (let at = from; at < to; at += BATCH) {
      const end = Math.min(to, at + BATCH);
      const batch: Bar[] = [];
      for (let index = at; index < end; index++) batch.push(this.#bar(index));
      yield batch;
    }
  }

  /** Place of the first bar that opens at this moment or later. */
  indexOf(ts: number): number {
    const openTs = this.#columns[0] as Float64Array;
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((openTs[middle] as number) < ts) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** When the first bar opens and the last one closes; null without bars. */
  period(): { readonly from: number; readonly to: number } | null {
    const [openTs, closeTs] = this.#columns as readonly [Float64Array, Float64Array];
    if (this.length === 0) return null;
    return { from: openTs[0] as number, to: closeTs[this.length - 1] as number };
  }

  #bar(index: number): Bar {
    const [openTs, closeTs, open, high, low, close, volume, trades] = this.#columns as readonly Float64Array[];
    const { exchange, symbol, timeframe } = this.message.series[this.#seriesOf[index] as number] as Series;
    return {
      exchange,
      symbol,
      timeframe,
      openTs: openTs?.[index] as number,
      closeTs: closeTs?.[index] as number,
      open: open?.[index] as number,
      high: high?.[index] as number,
      low: low?.[index] as number,
      close: close?.[index] as number,
      volume: volume?.[index] as number,
      trades: trades?.[index] as number,
    };
  }
}

function seriesIndex(series: Series[], { exchange, symbol, timeframe }: Bar): number {
  const known = series.findIndex(
    (one) => one.symbol === symbol && one.timeframe === timeframe && one.exchange === exchange,
  );
  return known >= 0 ? known : series.push({ exchange, symbol, timeframe }) - 1;
}
