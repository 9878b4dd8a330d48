import type { EpochMs } from '../events/common.js';
import type { EventType } from '../events/event.js';

/** Milliseconds of a UTC day: raw events are kept, counted and dropped by day. */
export const DAY_MS = 86_400_000;

/** Which raw events are meant; what is absent does not narrow. `from` is inclusive, `to` is not. */
export interface RawEventQuery {
  readonly exchange?: string;
  readonly symbols?: readonly string[];
  readonly types?: readonly EventType[];
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

/** Sequence numbers that follow each other, both ends included. */
export interface SeqRange {
  readonly from: number;
  readonly to: number;
}

/** What is kept of one series on one UTC day. */
export interface RawSegment {
  readonly exchange: string;
  readonly symbol: string;
  readonly type: EventType;
  /** `2024-11-22`, of the events' `ts`. */
  readonly day: string;
  readonly rows: number;
  readonly firstTs: EpochMs;
  readonly lastTs: EpochMs;
  /** Ascending and apart from each other. Events without a `seq` are in none. */
  readonly seqs: readonly SeqRange[];
}

/** The UTC day of a time, as `RawSegment` writes it. */
export function dayOf(ts: EpochMs): string {
  return new Date(ts).toISOString().slice(0, 10);
}

/** When a day begins. */
export function startOfDay(day: string): EpochMs {
  return Date.parse(`${day}T00:00:00Z`);
}
