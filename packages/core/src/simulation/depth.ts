import { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';

export type Level = readonly [price: number, size: number];

/**
 * Market milliseconds after which a book counts for less than a trade: when the last trade is newer than the book by more, takers do no
 * better than that trade.
 */
export const STALE_BOOK_MS = 5_000;

/** A price and how much of it one order may take. */
export interface Slice {
  readonly price: Decimal;
  readonly size: Decimal;
  /** The price of the level that it is taken from; `price` is a worse one where the book is stale. */
  readonly level: Decimal;
}

export interface DepthSnapshot {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly consumed: readonly (readonly [price: number, size: string])[];
  readonly lastPrice: number | null;
  /** Null or absent: not known; the book is then never stale. */
  readonly shownTs?: EpochMs | null;
  readonly tradedTs?: EpochMs | null;
}

/** The recorded book of one symbol, less what our own orders took of it since it was shown. */
export class Depth {
  #bids: readonly Level[] = [];
  #asks: readonly Level[] = [];
  #lastPrice: number | null = null;
  #shownTs: EpochMs | null = null;
  #tradedTs: EpochMs | null = null;
  /** By price. A price stands on one side only, so both sides share the map. */
  readonly #consumed = new Map<number, Decimal>();

  /** `ts` null: the prices are not those of a book, and never stale. */
  show(bids: readonly Level[], asks: readonly Level[], ts: EpochMs | null): void {
    this.#bids = bids;
    this.#asks = asks;
    this.#shownTs = ts;
    this.#consumed.clear();
  }

  traded(price: number, ts: EpochMs): void {
    this.#lastPrice = price;
    this.#tradedTs = ts;
  }

  /** What a taker of `side` can have, best price first, up to `size` and not beyond `limit`. */
  slices(side: Side, size: Decimal, limit?: Decimal): Slice[] {
    const found: Slice[] = [];
    let wanted = size;
    for (const [price, shown] of side === 'buy' ? this.#asks : this.#bids) {
      if (!wanted.isPositive()) break;
      const level = Decimal.of(price);
      const at = this.#noBetter(side, price, level);
      if (limit !== undefined && (side === 'buy' ? at.gt(limit) : at.lt(limit))) break;
      const free = Decimal.of(shown).minus(this.#consumed.get(price) ?? Decimal.zero);
      if (!free.isPositive()) continue;
      const taken = Decimal.min(free, wanted);
      found.push({ price: at, size: taken, level });
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
    if (price === undefined) return this.reference();
    return this.#noBetter(lotSide === 'buy' ? 'sell' : 'buy', price, Decimal.of(price));
  }

  /** What a taker of `side` pays for a level: the last trade's price where the book is stale and that is worse. */
  #noBetter(side: Side, price: number, level: Decimal): Decimal {
    const last = this.#lastPrice;
    if (last === null || (side === 'buy' ? last <= price : last >= price)) return level;
    const isStale = this.#shownTs !== null && this.#tradedTs !== null && this.#tradedTs - this.#shownTs > STALE_BOOK_MS;
    return isStale ? Decimal.of(last) : level;
  }

  snapshot(): DepthSnapshot {
    return {
      bids: this.#bids,
      asks: this.#asks,
      consumed: [...this.#consumed].map(([price, size]) => [price, size.toString()] as const),
      lastPrice: this.#lastPrice,
      shownTs: this.#shownTs,
      tradedTs: this.#tradedTs,
    };
  }

  static restore(snapshot: DepthSnapshot): Depth {
    const depth = new Depth();
    depth.show(snapshot.bids, snapshot.asks, snapshot.shownTs ?? null);
    depth.#lastPrice = snapshot.lastPrice;
    depth.#tradedTs = snapshot.tradedTs ?? null;
    for (const [price, size] of snapshot.consumed) depth.#consumed.set(price, Decimal.of(size));
    return depth;
  }
}
