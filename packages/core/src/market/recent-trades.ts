import type { EpochMs } from '../events/common.js';
import type { TradeEvent } from '../events/market.js';

/**
 * The last trades of one symbol, so that what another source tells again can be recognised. Trades carry no id and equal ones can be
 * genuine (same millisecond, price and size), so they are counted: three of a kind there and two here are one missed.
 */
export class RecentTrades {
  readonly #ring: (TradeEvent | undefined)[];
  #count = 0;
  #newestTs: EpochMs | null = null;
  /** The first moment of all may be cut. */
  #beganAfter: EpochMs = -1;

  /** `capacity`: how many are remembered. `trades`: known from before, oldest first. There may be older ones, here and ever. */
  constructor(capacity: number, trades: readonly TradeEvent[] = []) {
    this.#ring = new Array<TradeEvent | undefined>(capacity).fill(undefined);
    for (const trade of trades) this.add(trade);
  }

  add(trade: TradeEvent): void {
    if (this.#count === 0) this.#beganAfter = trade.ts;
    this.#ring[this.#count % this.#ring.length] = trade;
    this.#count++;
    if (this.#newestTs === null || trade.ts > this.#newestTs) this.#newestTs = trade.ts;
  }

  /** Null before the first. */
  get newestTs(): EpochMs | null {
    return this.#newestTs;
  }

  /** The earliest moment from which on every trade that came is remembered, if they came in order. */
  get completeFrom(): EpochMs {
    const oldest = this.#ring[this.#count % this.#ring.length];
    return Math.max(this.#beganAfter, this.#count > this.#ring.length ? (oldest?.ts ?? 0) : -1) + 1;
  }

  /**
   * Of `told` (oldest first, one per match, whole from `from` on) those that are neither here nor in `also`, and not older than `from`.
   * The side is not compared: a source that prints both rows of a match does not tell whose the taker was.
   */
  missingFrom(told: readonly TradeEvent[], from: EpochMs, also: readonly TradeEvent[] = []): TradeEvent[] {
    const known = new Map<string, number>();
    const note = (trade: TradeEvent) => {
      if (trade.ts >= from) known.set(keyOf(trade), (known.get(keyOf(trade)) ?? 0) + 1);
    };
    for (const trade of this.#ring) if (trade !== undefined) note(trade);
    for (const trade of also) note(trade);
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
    const here = countsOf(this.#ring);
    const backfilled = countsOf(this.#ring.filter((trade) => trade?.origin === 'backfill'));
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
}

function countsOf(trades: readonly (TradeEvent | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const trade of trades) {
    if (trade !== undefined) counts.set(keyOf(trade), (counts.get(keyOf(trade)) ?? 0) + 1);
  }
  return counts;
}

const keyOf = ({ ts, data }: TradeEvent): string => `${ts} ${data.price} ${data.size}`;
