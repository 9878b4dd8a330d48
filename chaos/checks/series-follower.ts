import { type AlphaEvent, seriesKey, seriesOf, type TradeEvent } from '@alpha-engine/core';
import type { Market } from '../market.js';
import type { Problems } from './check.js';

/** Follows series in the order of `seq`: each number once and none left out, and trades as the tape has them. */
export class SeriesFollower {
  readonly counts = new Map<string, number>();
  readonly #market: Market;
  readonly #problems: Problems;
  readonly #where: string;
  readonly #trades = new Map<string, Generator<TradeEvent>>();

  constructor(market: Market, problems: Problems, where: string) {
    this.#market = market;
    this.#problems = problems;
    this.#where = where;
    for (const symbol of market.symbols) this.#trades.set(symbol, market.trades(symbol));
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  follow(event: AlphaEvent): void {
    const key = seriesKey(seriesOf(event));
    const expected = (this.counts.get(key) ?? 0) + 1;
    const { seq = 0 } = event;
    this.counts.set(key, seq);
    this.#problems.expect(seq === expected, () => `${this.#where}: ${key} goes on with ${seq} instead of ${expected}.`);
    if (event.type === 'trade') this.#compare(event);
  }

  /** Nothing of the tape may be left. */
  end(): void {
    for (const symbol of this.#market.symbols) {
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
