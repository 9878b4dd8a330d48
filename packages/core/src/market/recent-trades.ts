import type { EpochMs } from '../events/common.js';
import type { TradeEvent } from '../events/market.js';

/**
 * The last trades of one symbol, so that what another source tells again can be recognised. Trades carry no id and equal ones can be
 * genuine (same millisecond, price and size), so they are counted: three of a kind there and two here are one missed.
 */
export class RecentTrades {
  /** Numbers, not the events: those would grow old here, which costs a busy feed a tenth of its time. */
  readonly #ts: Float64Array;
  readonly #price: Float64Array;
  readonly #size: Float64Array;
  readonly #isBackfilled: Uint8Array;
  #count = 0;
  #newestTs: EpochMs | null = null;
  /** The first moment of all may be cut. */
  #beganAfter: EpochMs = -1;

  /** `capacity`: how many are remembered. `trades`: known from before, oldest first. There may be older ones, here and ever. */
  constructor(capacity: number, trades: readonly TradeEvent[] = []) {
    this.#ts = new Float64Array(capacity);
    this.#price = new Float64Array(capacity);
    this.#size = new Float64Array(capacity);
    this.#isBackfilled = new Uint8Array(capacity);
    for (const trade of trades) this.add(trade);
  }

  add({ ts, data, origin }: TradeEvent): void {
    if (this.#count === 0) this.#beganAfter = ts;
    const place = this.#count % this.#ts.length;
    this.#ts[place] = ts;
    this.#price[place] = data.price;
    this.#size[place] = data.size;
    this.#isBackfilled[place] = origin === 'backfill' ? 1 : 0;
    this.#count++;
    if (this.#newestTs === null || ts > this.#newestTs) this.#newestTs = ts;
  }

  /** Null before the first. */
  get newestTs(): EpochMs | null {
    return this.#newestTs;
  }

  /** The earliest moment from which on every trade that came is remembered, if they came in order. */
  get completeFrom(): EpochMs {
    const capacity = this.#ts.length;
    const oldest = this.#count > capacity ? this.#ts[this.#count % capacity]! : -1;
    return Math.max(this.#beganAfter, oldest) + 1;
  }

  /**
   * Of `told` (oldest first, one per match, whole from `from` on) those that are neither here nor in `also`, and not older than `from`.
   * The side is not compared: a source that prints both rows of a match does not tell whose the taker was.
   */
  missingFrom(told: readonly TradeEvent[], from: EpochMs, also: readonly TradeEvent[] = []): TradeEvent[] {
    const known = countsOf(also);
    for (const place of this.#places()) if (this.#ts[place]! >= from) note(known, this.#keyAt(place));
    return told.filter((trade) => {
      if (trade.ts < from) return false;
      const left = known.get(keyOf(trade)) ?? 0;
      if (left > 0) known.set(keyOf(trade), left - 1);
      return left === 0;
    });
  }

  /**
   * Of `live` those that are here already as backfilled ones: what a socket tells after the other source did. Counted against `told`, what
   * that source shows (whole where `live` are): as many of a kind as it shows are genuine. Null: nothing is known of it, and each is taken
   * for its backfilled twin.
   */
  repeatedIn(live: readonly TradeEvent[], told: readonly TradeEvent[] | null): ReadonlySet<TradeEvent> {
    const here = new Map<string, number>();
    const backfilled = new Map<string, number>();
    for (const place of this.#places()) {
      note(here, this.#keyAt(place));
      if (this.#isBackfilled[place] === 1) note(backfilled, this.#keyAt(place));
    }
    const coming = countsOf(live);
    const shown = countsOf(told ?? []);
    const repeated = new Set<TradeEvent>();
    for (const trade of live) {
      const key = keyOf(trade);
      const twins = backfilled.get(key) ?? 0;
      const tooMany = told === null ? twins : (here.get(key) ?? 0) + (coming.get(key) ?? 0) - (shown.get(key) ?? 0);
      if (Math.min(twins, tooMany) <= 0) continue;
      repeated.add(trade);
      backfilled.set(key, twins - 1);
      coming.set(key, (coming.get(key) ?? 0) - 1);
    }
    return repeated;
  }

  #places(): Iterable<number> {
    return this.#ts.subarray(0, this.#count).keys();
  }

  #keyAt(place: number): string {
    return keyFor(this.#ts[place]!, this.#price[place]!, this.#size[place]!);
  }
}

function countsOf(trades: readonly TradeEvent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const trade of trades) note(counts, keyOf(trade));
  return counts;
}

function note(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const keyOf = ({ ts, data }: TradeEvent): string => keyFor(ts, data.price, data.size);
const keyFor = (ts: EpochMs, price: number, size: number): string => `${ts} ${price} ${size}`;
