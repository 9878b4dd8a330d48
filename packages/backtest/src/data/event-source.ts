import type { MarketEvent } from '@alpha-engine/core';
import type { DataProvenance } from './bar-source.js';

export interface EventPlace {
  readonly file: string;
  readonly line: number;
}

/** Recorded trades, books and tickers in the order in which they became known, in batches; read once, as a stream. */
export interface EventSource {
  events(): AsyncIterable<readonly MarketEvent[]> | Iterable<readonly MarketEvent[]>;
  /** False where it is known beforehand that there are no order books. */
  readonly books?: boolean;
  /** File and line (1 is the first) of an event of a batch that `events` gave, where there are such. */
  placeOf?(batch: readonly MarketEvent[], index: number): EventPlace | null;
  /** What was read; complete when `events` has ended. */
  provenance(): readonly DataProvenance[];
}
