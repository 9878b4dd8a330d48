import type { EpochMs } from '../events/common.js';

/** A file of all trades of one symbol on one day of the exchange. */
export interface TradeFile {
  readonly symbol: string;
  /** Under which it is kept; unique over symbols and days. */
  readonly name: string;
  /** The day it is of, as the exchange counts days; `to` is not in it. */
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** The bytes of a file from some place on. */
export interface TradeFileBytes {
  /** Where they begin: what was asked for, or 0 when the exchange begins anew. */
  readonly offset: number;
  /** Bytes of the whole file, where the exchange says. */
  readonly total: number | null;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Files of past trades that an exchange publishes. Reading needs no key. */
export interface TradeArchive {
  /** One for each day that has a part between `from` and `to`, ascending; whether they exist only `open` tells. */
  files(symbol: string, from: EpochMs, to: EpochMs): readonly TradeFile[];

  /**
   * `absent`: there is none; `unfinished`: its day is not over, or was not published yet. Throws `EXCHANGE_UNREACHABLE`, `EXCHANGE_RATE_LIMITED` and
   * `EXCHANGE_BAD_ANSWER`; the first two, and a stream that breaks off, are worth another try.
   */
  open(file: TradeFile, offset: number, signal: AbortSignal): Promise<TradeFileBytes | 'absent' | 'unfinished'>;

  /** What is wrong with a file that begins with these two lines and ends with this one, null when nothing is: another day, symbol or format. */
  problemOf(file: TradeFile, first: readonly string[], last: string): string | null;
}
