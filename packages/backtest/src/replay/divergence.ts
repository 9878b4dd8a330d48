import type { Bar, BrainName, EntryRange, EpochMs, OrderRow, SignalRecord, VerdictRecord } from '@alpha-engine/core';
import type { ValueDifference } from './difference.js';

/** What was compared. `state`: everything a brain keeps, at a restart and at the end; the executor's are its books. */
export type ComparedKind =
  | 'bar'
  | 'signal'
  | 'input'
  | 'verdict'
  | 'order event'
  | 'order'
  | 'fill'
  | 'position'
  | 'state';

/** What stands in the record, and what the replay came to; null where there is nothing. */
export interface Pair<Value> {
  readonly recorded: Value | null;
  readonly replayed: Value | null;
}

/** The first thing that came out otherwise, and what led to it. */
export interface Divergence {
  readonly brain: BrainName;
  /** Of the input log. */
  readonly batch: number;
  /** Market time at which the batch was committed. */
  readonly ts: EpochMs;
  readonly kind: ComparedKind;
  /** One sentence. */
  readonly what: string;
  readonly difference: ValueDifference;
  readonly chain: CauseChain;
}

/** From what was read to what was traded, as far as it goes. */
export interface CauseChain {
  /** What the batch read of the bus. */
  readonly read: readonly Pick<EntryRange, 'stream' | 'firstId' | 'lastId' | 'count'>[];
  /** What reached the executor last before the difference, plain JSON. */
  readonly input: unknown;
  readonly bar: Pair<Bar>;
  readonly signal: Pair<SignalRecord['event']>;
  readonly verdict: Pair<VerdictRecord>;
  /** Of the recorded signal. */
  readonly orders: readonly OrderRow[];
}

export const NOTHING = { recorded: null, replayed: null } as const;
