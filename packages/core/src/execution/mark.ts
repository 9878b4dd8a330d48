import type { EpochMs } from '../events/common.js';

/** Best quotes, quote per base. */
export interface Mark {
  readonly bid: number;
  readonly ask: number;
  readonly ts: EpochMs;
}
