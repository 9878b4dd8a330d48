import { AlphaError, type Bar, type EpochMs } from '@alpha-engine/core';

/** Bars come once, in order of their opening. */
export class BarOrder {
  readonly #ends = new Map<string, EpochMs>();
  #lastOpenTs = Number.NEGATIVE_INFINITY;

  /** Throws `DATA_INVALID` for a bar that comes twice or out of order. */
  take({ closeTs, openTs, symbol }: Bar): void {
    const endTs = this.#ends.get(symbol) ?? Number.NEGATIVE_INFINITY;
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
    this.#ends.set(symbol, closeTs);
    this.#lastOpenTs = openTs;
  }
}

function isoOf(ts: EpochMs): string {
  return new Date(ts).toISOString();
}
