import { headOf } from '../events/encode-numbered.js';
import type { AlphaEvent } from '../events/event.js';
import { type Series, type SeriesKey, seriesKey, seriesOf } from './streams.js';

/** A series, and what is otherwise made anew for each of its events. */
export interface KnownSeries {
  readonly series: Series;
  readonly key: SeriesKey;
  /** How its events begin. */
  readonly head: string;
}

type Place = Pick<AlphaEvent, 'type' | 'exchange' | 'symbol'>;

/** One entry for each series, found by its events without making a key of each. */
export class SeriesTable<Entry> {
  readonly #make: (known: KnownSeries) => Entry;
  /** By exchange, symbol and type. */
  readonly #entries = new Map<string, Map<string, Map<string, Entry>>>();
  readonly #all: Entry[] = [];
  /** Neighbours are mostly of one series. */
  #before: Place | undefined;
  #entry: Entry | undefined;

  /** `make` is called for the first event of a series. */
  constructor(make: (known: KnownSeries) => Entry) {
    this.#make = make;
  }

  get all(): readonly Entry[] {
    return this.#all;
  }

  of(place: Place): Entry {
    const before = this.#before;
    if (
      before !== undefined &&
      place.type === before.type &&
      place.symbol === before.symbol &&
      place.exchange === before.exchange
    ) {
      return this.#entry!;
    }
    const entry = this.#find(place);
    this.#before = place;
    this.#entry = entry;
    return entry;
  }

  #find(place: Place): Entry {
    const types = below(below(this.#entries, place.exchange), place.symbol);
    let entry = types.get(place.type);
    if (entry === undefined) {
      const series = seriesOf(place);
      entry = this.#make({ series, key: seriesKey(series), head: headOf(series) });
      types.set(place.type, entry);
      this.#all.push(entry);
    }
    return entry;
  }
}

function below<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}
