import {
  type AlphaEvent,
  type EpochMs,
  type LoggedRange,
  type LoggedRead,
  type LoggedSeqs,
  metAgain,
  partitionOf,
  type Series,
  type StreamEvent,
  streamOf,
} from '@alpha-engine/core';
import { ArchivedSeries, type KeptSegments } from './archived-series.js';
import type { EntryPlace } from './entry-source.js';

/** Market events that `alpha archive` kept, found by their numbers. Memory does not grow with the archive. */
export class ArchivePlace implements EntryPlace {
  readonly name: string;
  readonly #archive: KeptSegments;
  readonly #exchange: string;
  readonly #series = new Map<string, Promise<ArchivedSeries>>();

  constructor({
    archive,
    exchange,
    name,
  }: { readonly archive: KeptSegments; readonly exchange: string; readonly name: string }) {
    this.#archive = archive;
    this.#exchange = exchange;
    this.name = name;
  }

  async find(range: LoggedRange, read: LoggedRead, ts: EpochMs): Promise<readonly StreamEvent[] | null> {
    const [stream, , , count] = range;
    const events = new Map<number, readonly AlphaEvent[]>();
    for (const [index, seqs] of (read.seqs ?? []).entries()) {
      const [, , first, last] = seqs;
      const series = seriesOf(seqs, this.#exchange);
      if (!isOn(stream, series)) continue;
      events.set(index, await (await this.#of(series)).take(first, last, ts));
    }
    const order = read.met?.find(([whose]) => whose === stream);
    const found = metAgain(events, order);
    return found.length === count ? found.map((event) => ({ stream, event })) : null;
  }

  async close(): Promise<void> {
    for (const series of this.#series.values()) await (await series).close();
    this.#series.clear();
  }

  #of({ exchange, symbol, type }: Series): Promise<ArchivedSeries> {
    const key = `${type} ${symbol} ${exchange}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const opened = this.#archive
      .segments({ exchange, symbols: [symbol], types: [type] })
      .then((segments) => new ArchivedSeries(this.#archive, segments));
    this.#series.set(key, opened);
    return opened;
  }
}

/** Which series the numbers of a read are of. */
export function seriesOf([symbol, type, , , whose]: LoggedSeqs, brains: string): Series {
  const exchange = whose ?? brains;
  return { stream: streamOf({ type, exchange }), exchange, symbol, type };
}

/** Whether a stream carries a series, however streams are divided. */
export function isOn(stream: string, series: Series): boolean {
  return stream === series.stream || stream === partitionOf(series, 'symbol');
}
