import { Decimal } from '../decimal/decimal.js';
import type { Side } from '../events/common.js';

export type Level = readonly [price: number, size: number];

/** A price and how much of it one order may take. */
export interface Slice {
  readonly price: Decimal;
  readonly size: Decimal;
}

export interface DepthSnapshot {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly consumed: readonly (readonly [price: number, size: string])[];
  readonly lastPrice: number | null;
}

/** The recorded book of one symbol, less what our own orders took of it since it was shown. */
export class Depth {
  #bids: readonly Level[] = [];
  #asks: readonly Level[] = [];
  #lastPrice: number | null = null;
  /** By price. A price stands on one side only, so both sides share the map. */
  readonly #consumed = new Map<number, Decimal>();

  show(bids: readonly Level[], asks: readonly Level[]): void {
    this.#bids = bids;
    this.#asks = asks;
    this.#consumed.clear();
  }

  traded(price: number): void {
    this.#lastPrice = price;
  }

  /** What a taker of `side` can have, best price first, up to `size` and not beyond `limit`. */
  slices(side: Side, size: Decimal, limit?: Decimal): Slice[] {
    const found: Slice[] = [];
    let wanted = size;
    for (const [price, shown] of side === 'buy' ? this.#asks : this.#bids) {
      if (!wanted.isPositive()) break;
      const at = Decimal.of(price);
      if (limit !== undefined && (side === 'buy' ? at.gt(limit) : at.lt(limit))) break;
      const free = Decimal.of(shown).minus(this.#consumed.get(price) ?? Decimal.zero);
      if (!free.isPositive()) continue;
      const taken = Decimal.min(free, wanted);
      found.push({ price: at, size: taken });
      wanted = wanted.minus(taken);
    }
    return found;
  }

  /** Size shown at a price of the bids (`buy`) or asks, zero where the level is empty; null beyond the last level that is recorded. */
  shownAt(side: Side, price: Decimal): Decimal | null {
    const at = price.toNumber();
    const levels = side === 'buy' ? this.#bids : this.#asks;
    for (const [level, size] of levels) {
      if (level === at) return Decimal.of(size);
      if (side === 'buy' ? level < at : level > at) return Decimal.zero;
    }
    return null;
  }

  consume(price: Decimal, size: Decimal): void {
    const key = price.toNumber();
    this.#consumed.set(key, (this.#consumed.get(key) ?? Decimal.zero).plus(size));
  }

  /** Last trade, else the middle of the book, else null: what the price band and valuations are measured from. */
  reference(): Decimal | null {
    if (this.#lastPrice !== null) return Decimal.of(this.#lastPrice);
    const bid = this.#bids[0]?.[0];
    const ask = this.#asks[0]?.[0];
    if (bid === undefined || ask === undefined) return null;
    return Decimal.of(bid).plus(ask).dividedBy(2);
  }

  /** What a lot of this side would be closed at: best bid for a long, best ask for a short. */
  closingPrice(lotSide: Side): Decimal | null {
    const price = (lotSide === 'buy' ? this.#bids : this.#asks)[0]?.[0];
    return price === undefined ? this.reference() : Decimal.of(price);
  }

  snapshot(): DepthSnapshot {
    return {
      bids: this.#bids,
      asks: this.#asks,
      consumed: [...this.#consumed].map(([price, size]) => [price, size.toString()] as const),
      lastPrice: this.#lastPrice,
    };
  }

  static restore(snapshot: DepthSnapshot): Depth {
    const depth = new Depth();
    depth.show(snapshot.bids, snapshot.asks);
    depth.#lastPrice = snapshot.lastPrice;
    for (const [price, size] of snapshot.consumed) depth.#consumed.set(price, Decimal.of(size));
    return depth;
  }
}
