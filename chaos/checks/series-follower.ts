import { type AlphaEvent, seriesKey, seriesOf, type TradeEvent } from '@alpha-engine/core';
import type { Aftermath, Problems } from './check.js';
import { Losses } from './losses.js';
import { TradeTally } from './trade-tally.js';

type Following = Pick<Aftermath, 'market' | 'bus' | 'isBlinded'>;

/**
 * Follows series in the order of `seq`: each number once and none left out, but those that were said to be dropped; and trades as the
 * tape has them: one by one, or, where the collector was blinded, as often.
 */
export class SeriesFollower {
  readonly counts = new Map<string, number>();
  total = 0;
  dropped = 0;
  readonly losses: Losses;
  readonly #following: Following;
  readonly #problems: Problems;
  readonly #where: string;
  readonly #trades = new Map<string, Iterator<TradeEvent>>();
  readonly #tallies = new Map<string, TradeTally>();

  private constructor(following: Following, losses: Losses, problems: Problems, where: string) {
    this.#following = following;
    this.losses = losses;
    this.#problems = problems;
    this.#where = where;
    const { market } = following;
    for (const symbol of market.symbols) {
      this.#trades.set(symbol, market.trades(symbol));
      this.#tallies.set(symbol, new TradeTally(market.trades(symbol)));
    }
  }

  static async open(following: Following, problems: Problems, where: string): Promise<SeriesFollower> {
    return new SeriesFollower(following, await Losses.read(following.bus), problems, where);
  }

  get missingTrades(): number {
    return [...this.#tallies.values()].reduce((sum, { missing }) => sum + missing, 0);
  }

  get backfilled(): number {
    return [...this.#tallies.values()].reduce((sum, { backfilled }) => sum + backfilled, 0);
  }

  follow(event: AlphaEvent): void {
    const key = seriesKey(seriesOf(event));
    let expected = (this.counts.get(key) ?? 0) + 1;
    const { seq = 0 } = event;
    for (; expected < seq && this.losses.hasSeq(event, expected); expected++) this.dropped++;
    this.counts.set(key, seq);
    this.total++;
    this.#problems.expect(seq === expected, () => `${this.#where}: ${key} goes on with ${seq} instead of ${expected}.`);
    if (event.type !== 'trade') return;
    if (this.#following.isBlinded) this.#tallies.get(event.symbol)?.follow(event, this.#problems, this.#where);
    else this.#compare(event);
  }

  /** Nothing of the tape may be left. */
  end(): void {
    for (const symbol of this.#following.market.symbols) {
      if (this.#following.isBlinded) {
        this.#tallies.get(symbol)!.end(symbol, this.losses, this.#problems, this.#where);
        continue;
      }
      const { done, value } = this.#trades.get(symbol)!.next();
      this.#problems.expect(
        done === true,
        () => `${this.#where}: trades of ${symbol} are missing from ${value.ts} on.`,
      );
    }
  }

  #compare(event: TradeEvent): void {
    const next = this.#trades.get(event.symbol)?.next().value as TradeEvent | undefined;
    const same =
      next !== undefined &&
      next.ts === event.ts &&
      next.data.price === event.data.price &&
      next.data.size === event.data.size &&
      next.data.side === event.data.side;
    this.#problems.expect(
      same,
      () =>
        `${this.#where}: trade ${event.seq} of ${event.symbol} is ${JSON.stringify(event)}, on the tape ${JSON.stringify(next)}.`,
    );
  }
}
