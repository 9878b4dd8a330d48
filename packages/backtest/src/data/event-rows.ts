import type { MarketEvent } from '@alpha-engine/core';

/** Understands the lines of one file of events, first to last. */
export interface EventRows {
  readonly kind: 'trades' | 'books' | 'events';
  /** How fields were understood, for example `Date → time`. */
  readonly columns: readonly string[];
  /** The first line says what the others mean, and is no data. */
  readonly header: boolean;
  /** What a line says: an event; null where it holds none of its own; a text where something is wrong with it. */
  read(line: string): MarketEvent | string | null;
  /** The event that waited for more lines, when no more come. */
  end?(): MarketEvent | string | null;
}

/** What rows do not say themselves. */
export interface RowContext {
  readonly exchange: string;
  /** What rows without a symbol are of. */
  readonly symbol: string;
  /** How far times without a zone are ahead of UTC. */
  readonly offsetMs: number;
  /** Columns without common names. */
  readonly columns: Readonly<Partial<Record<string, string>>>;
}
