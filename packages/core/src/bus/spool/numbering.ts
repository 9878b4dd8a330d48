import { AlphaError } from '../../errors/alpha-error.js';
import type { AlphaEvent } from '../../events/event.js';
import { SeriesKeys } from '../series-keys.js';
import type { SeriesKey } from '../streams.js';

/** Gives each event the next number of its series. */
export class Numbering {
  readonly #last: Map<SeriesKey, number>;
  readonly #keys = new SeriesKeys();

  constructor(last: ReadonlyMap<SeriesKey, number>) {
    this.#last = new Map(last);
  }

  last(key: SeriesKey): number {
    return this.#last.get(key) ?? 0;
  }

  all(): Map<SeriesKey, number> {
    return new Map(this.#last);
  }

  has(event: AlphaEvent): boolean {
    return this.#last.has(this.#keys.of(event));
  }

  /** Throws `UNEXPECTED` for a series it does not have: its last number would be a guess. */
  give<Event extends AlphaEvent>(event: Event): Event {
    const key = this.#keys.of(event);
    if (!this.#last.has(key)) throw unknownSeries(key);
    const seq = this.last(key) + 1;
    this.#last.set(key, seq);
    return { ...event, seq };
  }

  /** The last numbers given, of events that were not kept after all. */
  takeBack(events: readonly AlphaEvent[]): void {
    for (const event of events.toReversed()) this.#last.set(this.#keys.of(event), event.seq! - 1);
  }

  raise(key: SeriesKey, seq: number): void {
    this.#last.set(key, Math.max(this.last(key), seq));
  }
}

function unknownSeries(series: SeriesKey): AlphaError {
  return new AlphaError('UNEXPECTED', `The feed gave an event of ${series}, which it was not asked for.`, {
    context: { series },
  });
}
