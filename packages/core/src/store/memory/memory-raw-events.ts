import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import { DAY_MS, dayOf, type RawEventQuery, type RawSegment, type SeqRange } from '../raw-events.js';

type Series = Pick<RawSegment, 'exchange' | 'symbol' | 'type'>;

/** Raw events of a `MemoryStore`, by series. */
export class MemoryRawEvents {
  readonly #series = new Map<string, { readonly key: Series; readonly events: Map<string, AlphaEvent> }>();
  #unnumbered = 0;

  append(events: readonly AlphaEvent[]): number {
    let added = 0;
    for (const event of events) {
      const { exchange, seq, symbol, ts, type } = event;
      const series = this.#seriesOf({ exchange, symbol, type });
      this.#unnumbered += seq === undefined ? 1 : 0;
      const key = seq === undefined ? `unnumbered ${this.#unnumbered}` : `${seq} ${ts}`;
      if (series.has(key)) continue;
      series.set(key, event);
      added += 1;
    }
    return added;
  }

  /** In the order of `seq`; those without one come last, by `ts`. */
  read({ exchange, symbol, type }: Series, { from, to }: { readonly from: EpochMs; readonly to: EpochMs }) {
    return [...this.#seriesOf({ exchange, symbol, type }).values()]
      .filter(({ ts }) => ts >= from && ts < to)
      .toSorted((a, b) => seqOf(a) - seqOf(b) || a.ts - b.ts);
  }

  segments({ exchange, from = 0, symbols, to = Number.MAX_SAFE_INTEGER, types }: RawEventQuery): readonly RawSegment[] {
    const segments: RawSegment[] = [];
    for (const { key } of this.#series.values()) {
      if (exchange !== undefined && key.exchange !== exchange) continue;
      if (symbols?.includes(key.symbol) === false || types?.includes(key.type) === false) continue;
      const days = new Map<string, AlphaEvent[]>();
      for (const event of this.read(key, { from, to })) {
        days.set(dayOf(event.ts), [...(days.get(dayOf(event.ts)) ?? []), event]);
      }
      for (const [day, events] of days) segments.push(segmentOf(key, day, events));
    }
    const order = (one: RawSegment) => JSON.stringify([one.exchange, one.symbol, one.type, one.day]);
    return segments.toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  /** How many days went. */
  drop(before: EpochMs): number {
    const days = new Set<string>();
    for (const { events } of this.#series.values()) {
      for (const [key, { ts }] of events) {
        if (ts - (ts % DAY_MS) + DAY_MS > before) continue;
        days.add(dayOf(ts));
        events.delete(key);
      }
    }
    return days.size;
  }

  #seriesOf(key: Series): Map<string, AlphaEvent> {
    const name = JSON.stringify([key.exchange, key.symbol, key.type]);
    const series = this.#series.get(name) ?? { key, events: new Map<string, AlphaEvent>() };
    this.#series.set(name, series);
    return series.events;
  }
}

function segmentOf(key: Series, day: string, events: readonly AlphaEvent[]): RawSegment {
  const times = events.map(({ ts }) => ts);
  const seqs: SeqRange[] = [];
  for (const { seq } of events) {
    const last = seqs.at(-1);
    if (seq === undefined || last?.to === seq) continue;
    if (last?.to === seq - 1) seqs[seqs.length - 1] = { from: last.from, to: seq };
    else seqs.push({ from: seq, to: seq });
  }
  const firstTs = times.reduce((a, b) => Math.min(a, b));
  const lastTs = times.reduce((a, b) => Math.max(a, b));
  return { ...key, day, rows: events.length, firstTs, lastTs, seqs };
}

function seqOf({ seq }: AlphaEvent): number {
  return seq ?? Number.MAX_SAFE_INTEGER;
}
