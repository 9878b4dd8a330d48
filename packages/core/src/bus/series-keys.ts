import type { AlphaEvent } from '../events/event.js';
import { type SeriesKey, seriesKey, seriesOf } from './streams.js';

/**
 * Keys of events that come one after the other. Neighbours are mostly of one series: its key is made once, and the same string is
 * quick to look up.
 */
export class SeriesKeys {
  #before: AlphaEvent | undefined;
  #key: SeriesKey = '';

  of(event: AlphaEvent): SeriesKey {
    const before = this.#before;
    if (event.type !== before?.type || event.symbol !== before.symbol || event.exchange !== before.exchange) {
      this.#key = seriesKey(seriesOf(event));
    }
    this.#before = event;
    return this.#key;
  }
}
