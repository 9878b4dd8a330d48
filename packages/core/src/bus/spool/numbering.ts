import { AlphaError } from '../../errors/alpha-error.js';
import type { AlphaEvent } from '../../events/event.js';
import { BatchWriter, type EventBatch } from '../event-batch.js';
import { type KnownSeries, SeriesTable } from '../series-table.js';
import type { SeriesKey } from '../streams.js';

interface Counter {
  last: number;
}

/** Gives each event the next number of its series. */
export class Numbering {
  readonly #counters = new Map<SeriesKey, Counter>();
  readonly #table = new SeriesTable((known) => ({ known, counter: this.#counterOf(known) }));

  constructor(last: ReadonlyMap<SeriesKey, number>) {
    for (const [key, seq] of last) this.#counters.set(key, { last: seq });
  }

  all(): Map<SeriesKey, number> {
    return new Map([...this.#counters].map(([key, { last }]) => [key, last]));
  }

  has(key: SeriesKey): boolean {
    return this.#counters.has(key);
  }

  /** Throws `UNEXPECTED` for a series it does not have: its last number would be a guess. */
  give(events: readonly AlphaEvent[]): EventBatch {
    const writer = new BatchWriter();
    for (const event of events) {
      const { known, counter } = this.#table.of(event);
      writer.add(known, event, ++counter.last);
    }
    return writer.end();
  }

  /** The last numbers given, of events that were not kept after all. */
  takeBack({ runs }: EventBatch): void {
    for (const { key, first } of runs.toReversed()) this.#counters.get(key)!.last = first! - 1;
  }

  raise(key: SeriesKey, seq: number): void {
    const counter = this.#counters.get(key);
    if (counter === undefined) this.#counters.set(key, { last: seq });
    else counter.last = Math.max(counter.last, seq);
  }

  #counterOf({ key }: KnownSeries): Counter {
    const counter = this.#counters.get(key);
    if (counter === undefined) throw unknownSeries(key);
    return counter;
  }
}

function unknownSeries(series: SeriesKey): AlphaError {
  return new AlphaError('UNEXPECTED', `The feed gave an event of ${series}, which it was not asked for.`, {
    context: { series },
  });
}
