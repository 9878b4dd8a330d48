import { Decimal } from '../decimal/decimal.js';
import type { Depth } from './depth.js';
import type { SimulatedOrder } from './types.js';

/**
 * When a resting limit order fills that the market only touches.
 *
 * - `through`: never; a trade has to go beyond its price.
 * - `conservative`: when the size that was shown at its price before it has been traded. Of what disappears from the level otherwise,
 *   everything is taken to have stood behind it, as long as that much was there: ahead = min(ahead, shown).
 * - `proportional`: of what disappears, its share stood before it: ahead × shown / expected, where `expected` is what the level showed less
 *   what was traded there since.
 *
 * Whoever comes later stands behind. A price that the recorded levels do not reach has everybody before it until they do.
 */
export const QUEUE_MODELS = ['through', 'conservative', 'proportional'] as const;
export type QueueModel = (typeof QUEUE_MODELS)[number];

type Resting = SimulatedOrder & { readonly price: Decimal };

interface Place {
  /** Null: not known, the level was not shown yet. */
  ahead: Decimal | null;
  /** What the level holds by the last book and the trades since, our own left out. */
  expected: Decimal;
}

/** Where our resting orders stand in the queues of their prices. After a restart every place is unknown until the next book. */
export class Queue {
  readonly #model: QueueModel;
  readonly #places = new Map<number, Place>();

  constructor(model: QueueModel) {
    this.#model = model;
  }

  /** The last place at its price; for a new order, and for one that was changed. */
  join(order: Resting, depth: Depth): void {
    if (this.#model === 'through') return;
    const shown = depth.shownAt(order.side, order.price);
    this.#places.set(order.orderId, { ahead: shown, expected: shown ?? Decimal.zero });
  }

  leave(orderId: number): void {
    this.#places.delete(orderId);
  }

  /** A new book. */
  look(order: Resting, depth: Depth): void {
    if (this.#model === 'through') return;
    const shown = depth.shownAt(order.side, order.price);
    if (shown === null) return;
    const place = this.#places.get(order.orderId);
    if (place === undefined || place.ahead === null) {
      this.#places.set(order.orderId, { ahead: shown, expected: shown });
      return;
    }
    const { ahead, expected } = place;
    const vanished = this.#model === 'proportional' && shown.lt(expected);
    place.ahead = Decimal.min(vanished ? ahead.times(shown).dividedBy(expected) : ahead, shown);
    place.expected = shown;
  }

  /** A trade of this size at the price of the order, by somebody of the other side: how much of it is left for the order. */
  reach(orderId: number, size: Decimal): Decimal {
    const place = this.#places.get(orderId);
    if (place === undefined || place.ahead === null) return Decimal.zero;
    const { ahead } = place;
    place.ahead = Decimal.max(Decimal.zero, ahead.minus(size));
    place.expected = Decimal.max(Decimal.zero, place.expected.minus(size));
    return Decimal.max(Decimal.zero, size.minus(ahead));
  }
}
