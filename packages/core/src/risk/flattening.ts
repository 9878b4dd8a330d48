import type { EpochMs } from '../events/common.js';

/** An operator's `flatten` that is being carried out. Plain JSON. */
export interface Flattening {
  readonly controlId: string;
  /** A symbol, or `*`. */
  readonly scope: string;
  /** Symbols that still have something open. */
  readonly symbols: readonly string[];
  /** Closing orders are placed in rounds: how many by symbol, and the wall time of the last. */
  readonly rounds: Readonly<Record<string, { readonly count: number; readonly lastWallTs: EpochMs }>>;
  /** A symbol could not be closed. */
  readonly gaveUp: boolean;
}
