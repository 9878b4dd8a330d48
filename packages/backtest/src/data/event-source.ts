import type { MarketEvent } from '@alpha-engine/core';
import type { DataProvenance } from './bar-source.js';

/** Recorded trades, books and tickers in the order in which they became known, in batches; read once, as a stream. */
export interface EventSource {
  events(): AsyncIterable<readonly MarketEvent[]> | Iterable<readonly MarketEvent[]>;
  /** False where it is known beforehand that there are no order books. */
  readonly books?: boolean;
  /** What was read; complete when `events` has ended. */
  provenance(): readonly DataProvenance[];
}
