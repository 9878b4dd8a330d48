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
}

const keyOf = ({ ts, data }: TradeEvent): string => `${ts} ${data.price} ${data.size}`;
