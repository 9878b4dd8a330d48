import type { TradeEvent } from '@alpha-engine/core';
import type { Problems } from './check.js';
import type { Losses } from './losses.js';

/**
 * Trades of one symbol against the tape, each as often here as there, where those of equal times may have changed places and whose the
 * taker was is not told of those read from REST. Both sides are read side by side, so that only what is not matched is in memory.
 */
export class TradeTally {
  missing = 0;
  backfilled = 0;
  readonly #tape: Iterator<TradeEvent>;
  /** How many more of a kind the tape has told; below zero: fewer. */
  readonly #left = new Map<string, number>();
  #newestTs = 0;

  constructor(tape: Iterator<TradeEvent>) {
    this.#tape = tape;
  }

  follow(event: TradeEvent, problems: Problems, where: string): void {
    const { value, done } = this.#tape.next();
    if (done !== true) this.#count(value, 1);
    this.#count(event, -1);
    if (event.origin === 'backfill') this.backfilled++;
    problems.expect(
      event.ts >= this.#newestTs,
      () => `${where}: trade ${event.seq} of ${event.symbol} comes after a later one: ${JSON.stringify(event)}.`,
    );
    this.#newestTs = Math.max(this.#newestTs, event.ts);
  }

  /** What is missing was said to be. */
  end(symbol: string, losses: Losses, problems: Problems, where: string): void {
    for (let next = this.#tape.next(); next.done !== true; next = this.#tape.next()) this.#count(next.value, 1);
    for (const [key, count] of this.#left) {
      const ts = Number(key.split(' ')[0]);
      if (count < 0) problems.add(`${where}: a trade of ${symbol} is there ${-count} times too often: ${key}.`);
      else this.missing += count;
      problems.expect(
        count < 0 || losses.hasTrade(symbol, ts),
        () => `${where}: a trade of ${symbol} is missing, and nothing says so: ${key}.`,
      );
    }
  }

  #count({ ts, data }: TradeEvent, by: number): void {
    const key = `${ts} ${data.price} ${data.size}`;
    const count = (this.#left.get(key) ?? 0) + by;
    if (count === 0) this.#left.delete(key);
    else this.#left.set(key, count);
  }
}
