import type { RunRecord } from './run-record.js';

/** What is held of one symbol, all strategies together. */
export interface Holding {
  /** Signed base coin. */
  size: number;
  /** Also true where long and short come to a size of zero. */
  held: boolean;
}

/** In plain numbers what the books say exactly, taken over whenever something happened. */
export class AccountView<Play extends Holding> {
  readonly #record: RunRecord;
  readonly #capital: number;
  readonly #plays: ReadonlyMap<string, Play>;
  readonly #list: readonly Play[];
  #seen = -1;
  /** What the account would have if everything held were paid for. */
  cash: number;
  /** Something is held. */
  holds = false;

  constructor(record: RunRecord, capital: number, plays: ReadonlyMap<string, Play>) {
    this.#record = record;
    this.#capital = capital;
    this.#plays = plays;
    this.#list = [...plays.values()];
    this.cash = capital;
  }

  /** False when nothing happened since the last look. */
  look(): boolean {
    const { happenings } = this.#record;
    if (happenings === this.#seen) return false;
    this.#seen = happenings;
    const { book } = this.#record;
    this.cash = this.#capital + book.cash.toNumber();
    this.holds = false;
    for (const [symbol, play] of this.#plays) {
      play.size = book.size(symbol).toNumber();
      play.held = book.holds(symbol);
      if (play.held) this.holds = true;
    }
    return true;
  }

  equity(priceOf: (play: Play) => number): number {
    let equity = this.cash;
    for (const play of this.#list) if (play.size !== 0) equity += play.size * priceOf(play);
    return equity;
  }
}
