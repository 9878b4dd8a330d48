import type { OrderBookEvent } from '../events/market.js';

type Level = OrderBookEvent['data']['bids'][number];

/**
 * The book of one symbol as its events tell it: a snapshot replaces it, a delta changes single levels. A delta before the first
 * snapshot is left out: it says nothing of the rest. Whoever keeps `bids` or `asks` keeps what they were at that moment.
 */
export class OrderBook {
  /** Descending. */
  bids: readonly Level[] = [];
  /** Ascending. */
  asks: readonly Level[] = [];
  #begun = false;

  /** False when the event changed nothing. */
  apply({ data }: OrderBookEvent): boolean {
    if (data.is_snapshot) {
      this.#begun = true;
      this.bids = data.bids;
      this.asks = data.asks;
      return true;
    }
    if (!this.#begun) return false;
    if (data.bids.length > 0) this.bids = changed(this.bids, data.bids, -1);
    if (data.asks.length > 0) this.asks = changed(this.asks, data.asks, 1);
    return data.bids.length + data.asks.length > 0;
  }
}

/** `direction` 1: prices ascend, -1: they descend. */
function changed(levels: readonly Level[], changes: readonly Level[], direction: 1 | -1): Level[] {
  const after = levels.slice();
  for (const change of changes) {
    const [price, size] = change;
    const at = placeOf(after, price, direction);
    const known = after[at]?.[0] === price;
    if (size === 0) {
      if (known) after.splice(at, 1);
    } else after.splice(at, known ? 1 : 0, change);
  }
  return after;
}

/** Index of the first level at or behind the price. */
function placeOf(levels: readonly Level[], price: number, direction: 1 | -1): number {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (((levels[middle] as Level)[0] - price) * direction < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
