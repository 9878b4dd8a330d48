import type { MarketEvent } from '@alpha-engine/core';
import { LastMoment } from './last-moment.js';

/** Whose a series (exchange, symbol, type) is at the moment. */
interface Series {
  owner: object;
  readonly last: LastMoment;
}

/** The series that the event before was of: most events are of the same. */
interface Before extends Pick<MarketEvent, 'type' | 'symbol' | 'exchange'> {
  readonly series: Series;
}

/**
 * Whether a series comes from two sources at once. It belongs to the one that had it first, until that one has ended: what another one
 * has of it before is an overlap, and would count twice.
 */
export class Overlaps {
  readonly #series = new Map<string, Series>();
  readonly #before = new Map<object, Before>();
  readonly #ended = new Set<object>();

  /** The source that an event of `source` overlaps with, null where there is none. Events are given in order of time. */
  of(source: object, event: MarketEvent): object | null {
    const { exchange, symbol, type } = event;
    let before = this.#before.get(source);
    if (before?.type !== type || before.symbol !== symbol || before.exchange !== exchange) {
      const key = `${type} ${symbol} ${exchange}`;
      let series = this.#series.get(key);
      if (series === undefined) {
        series = { owner: source, last: new LastMoment() };
        this.#series.set(key, series);
      }
      before = { type, symbol, exchange, series };
      this.#before.set(source, before);
    }
    const { series } = before;
    if (series.owner !== source) {
      if (!this.#ended.has(series.owner) || series.last.has(event)) return series.owner;
      series.owner = source;
    }
    series.last.add(event);
    return null;
  }

  end(source: object): void {
    this.#ended.add(source);
  }
}
