import type { AlphaEvent } from '../../events/event.js';
import { type Series, type SeriesKey, seriesKey, seriesOf } from '../streams.js';
import { droppedRange } from './dropped-ranges.js';
import type { LostEvents } from './lost-events.js';

/** Up to this number nothing comes any more. */
export interface LeftOut {
  readonly series: Series;
  readonly to: number;
}

/** Events in a row, and what the bus has to be told before them. */
export interface Part {
  readonly before: readonly LeftOut[];
  readonly events: readonly AlphaEvent[];
  readonly isLast: boolean;
}

/** Follows the numbers of what leaves the spool, and finds those that nobody has any more: dropped on purpose, or lost. */
export class LeftOutNumbers {
  readonly #lost: LostEvents;
  /** Of each series, on the bus or on its way there. */
  #last: Map<SeriesKey, number>;

  constructor(last: ReadonlyMap<SeriesKey, number>, lost: LostEvents) {
    this.#last = new Map(last);
    this.#lost = lost;
  }

  /** Everything up to these numbers is on its way. */
  startFrom(last: Map<SeriesKey, number>): void {
    this.#last = last;
  }

  /**
   * Cuts events where numbers are missing before one. Those that come straight from memory have nothing missing but what
   * they say themselves.
   */
  *parts(events: readonly AlphaEvent[], isFromDisk: boolean): Iterable<Part> {
    let from = 0;
    let before: readonly LeftOut[] = [];
    for (const [index, event] of events.entries()) {
      // A status that says what was dropped has a number of its own, and something may be missing before it too.
      const ranges = [isFromDisk ? this.#missingBefore(event) : null, droppedRange(event)].filter(
        (range) => range !== null,
      );
      if (ranges.length === 0) continue;
      if (index > from) yield { before, events: events.slice(from, index), isLast: false };
      for (const { series, to } of ranges) this.#raise(seriesKey(series), to);
      before = ranges;
      from = index;
    }
    yield { before, events: events.slice(from), isLast: true };
  }

  /** What a disk, or a bus that came back without its last moments, lost for good must not stop what comes after it. */
  #missingBefore(event: AlphaEvent): LeftOut | null {
    const series = seriesOf(event);
    const key = seriesKey(series);
    const seq = event.seq ?? 0;
    const last = this.#last.get(key) ?? 0;
    this.#raise(key, seq);
    if (seq <= last + 1) return null;
    this.#lost.missing({ series, from: last + 1, to: seq - 1, ts: event.ts });
    return { series, to: seq - 1 };
  }

  #raise(key: SeriesKey, seq: number): void {
    this.#last.set(key, Math.max(seq, this.#last.get(key) ?? 0));
  }
}
