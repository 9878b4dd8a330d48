import type { Clock } from '../../telemetry/clock.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';

export interface SpoolingOptions {
  /** Of this publisher alone; made if it is not there. What an earlier process left in it is published first. */
  readonly folder: string;
  /** Most bytes on disk. Beyond them new events are dropped, and the numbers that are missing are published. */
  readonly maxBytes: number;
  /** Events in memory that the bus has not acknowledged; beyond them they go to disk. Default 50 000. */
  readonly maxInMemory?: number;
  /** How long the bus may leave events unanswered before they go to disk, milliseconds of wall time. Default 250. */
  readonly patienceMs?: number;
  /** Wall time. */
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  /** Called once when another writer took over or the bus refuses for good; `take` then throws the same. */
  readonly onFailure?: (error: unknown) => void;
}

/** Market events that `take` was given; status events are not counted. */
export interface SpoolingCounts {
  readonly taken: number;
  /** Known to be on the bus. */
  readonly published: number;
  readonly dropped: number;
}
