import { AlphaError, type Bar, type EpochMs } from '@alpha-engine/core';

/** Bars come once, in order of their opening. */
export class BarOrder {
  readonly #ends = new Map<string, EpochMs>();
  /** Bars come in runs of one symbol: its end is not in the map until another comes. */
  #symbol = '';
  #endTs = Number.NEGATIVE_INFINITY;
  #lastOpenTs = Number.NEGATIVE_INFINITY;

  /** Throws `DATA_INVALID` for a bar that comes twice or out of order. */
  take({ closeTs, openTs, symbol }: Bar): void {
    if (symbol !== this.#symbol) this.#turnTo(symbol);
    const endTs = this.#endTs;
    if (openTs < endTs || openTs < this.#lastOpenTs) {
      const why =
        openTs < endTs
          ? `the one before it lasts until ${isoOf(endTs)}`
          : `one that opens at ${isoOf(this.#lastOpenTs)} came before it`;
      throw new AlphaError(
        'DATA_INVALID',
        `The bar of ${symbol} that opens at ${isoOf(openTs)} is out of order: ${why}. Give every bar once, in order of their opening.`,
        { context: { symbol, openTs } },
      );
    }
    this.#endTs = closeTs;
    this.#lastOpenTs = openTs;
  }

  #turnTo(symbol: string): void {
    this.#ends.set(this.#symbol, this.#endTs);
    this.#symbol = symbol;
    this.#endTs = this.#ends.get(symbol) ?? Number.NEGATIVE_INFINITY;
  }
}

function isoOf(ts: EpochMs): string {
  return new Date(ts).toISOString();
}
