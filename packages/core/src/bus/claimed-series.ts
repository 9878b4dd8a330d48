import type { AlphaEvent } from '../events/event.js';
import { BatchWriter, type EventBatch } from './event-batch.js';
import type { EventBus, WriterId } from './event-bus.js';
import { type KnownSeries, SeriesTable } from './series-table.js';
import { type Series, type SeriesKey, seriesKey } from './streams.js';

interface Counter extends KnownSeries {
  /** The last number given; null until the series is claimed. */
  last: number | null;
}

/** The series of one writer: claimed when first met, each with the last number given in it. */
export class ClaimedSeries {
  readonly #bus: EventBus;
  readonly #counters = new SeriesTable<Counter>((known) => this.#newCounter(known));
  readonly #claimed = new Map<SeriesKey, Counter>();
  #unclaimed: Counter[] = [];
  #writer: WriterId | undefined;
  /** The last numbers left out in each series. */
  readonly #skips = new Map<SeriesKey, { readonly series: Series; readonly from: number; readonly to: number }>();

  /** `as`: goes on as this writer. */
  constructor(bus: EventBus, as: WriterId | undefined) {
    this.#bus = bus;
    this.#writer = as;
  }

  get writer(): WriterId | undefined {
    return this.#writer;
  }

  /** Nothing that was met waits to be claimed. */
  get areClaimed(): boolean {
    return this.#unclaimed.length === 0;
  }

  get lastSeqs(): ReadonlyMap<SeriesKey, number> {
    return new Map([...this.#claimed].map(([key, { last }]) => [key, last ?? 0]));
  }

  lastSeq(series: Series): number {
    return this.#claimed.get(seriesKey(series))?.last ?? 0;
  }

  has(key: SeriesKey): boolean {
    return this.#claimed.has(key);
  }

  /** `claim` claims the series of these, unless they are. */
  meet(places: Iterable<Pick<AlphaEvent, 'type' | 'exchange' | 'symbol'>>): void {
    for (const place of places) this.#counters.of(place);
  }

  async claim(): Promise<void> {
    const wanted = this.#unclaimed;
    if (wanted.length === 0) return;
    const { writer, lastSeq } = await this.#bus.claim(
      wanted.map(({ series }) => series),
      this.#writer,
    );
    this.#take(writer, wanted, lastSeq);
  }

  /** Of a bus that may have forgotten them; returns where it stands. */
  async claimAgain(): Promise<ReadonlyMap<SeriesKey, number>> {
    const series = [...this.#claimed.values()].map((counter) => counter.series);
    return (await this.#bus.claim(series, this.#writer)).lastSeq;
  }

  /** Leaves numbers out: the bus takes `seq` + 1 next. */
  async skipTo(series: Series, seq: number): Promise<void> {
    const counter = this.#counters.of(series);
    const { key } = counter;
    const { writer, lastSeq } = await this.#bus.claim([series], this.#writer, new Map([[key, seq]]));
    const last = counter.last ?? 0;
    this.#take(writer, [counter], lastSeq);
    if (seq > last) this.#skips.set(key, { series, from: last + 1, to: seq });
  }

  /** Leaves out again what was left out, if this number was; false if not. */
  async skipAgain(key: SeriesKey, seq: number): Promise<boolean> {
    const skip = this.#skips.get(key);
    if (skip === undefined || seq < skip.from || seq > skip.to) return false;
    await this.skipTo(skip.series, skip.to);
    return true;
  }

  /** An event that has no number gets the next of its series, which must be claimed. A batch is numbered already. */
  number(events: readonly AlphaEvent[] | EventBatch): EventBatch {
    if ('runs' in events) {
      for (const { series, first, count } of events.runs) raise(this.#counters.of(series), (first ?? 0) + count - 1);
      return events;
    }
    const writer = new BatchWriter();
    for (const event of events) {
      const counter = this.#counters.of(event);
      const seq = event.seq ?? (counter.last ?? 0) + 1;
      raise(counter, seq);
      writer.add(counter, event, seq);
    }
    return writer.end();
  }

  #newCounter(known: KnownSeries): Counter {
    const counter = { ...known, last: null };
    this.#unclaimed.push(counter);
    return counter;
  }

  #take(writer: WriterId, counters: readonly Counter[], lastSeq: ReadonlyMap<SeriesKey, number>): void {
    this.#writer = writer;
    for (const counter of counters) {
      raise(counter, lastSeq.get(counter.key) ?? 0);
      this.#claimed.set(counter.key, counter);
    }
    this.#unclaimed = this.#unclaimed.filter(({ last }) => last === null);
  }
}

function raise(counter: Counter, seq: number): void {
  counter.last = Math.max(counter.last ?? 0, seq);
}
