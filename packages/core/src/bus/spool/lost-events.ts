import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import type { StatusEvent } from '../../events/status.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { LostNumbers } from '../publisher.js';
import { type SeriesKey, type StreamName, seriesKey, seriesOf, streamOf } from '../streams.js';

type About = Pick<AlphaEvent, 'type' | 'exchange' | 'symbol' | 'ts'>;

interface Loss {
  readonly event: AlphaEvent;
  count: number;
  fromTs: EpochMs;
  toTs: EpochMs;
}

/** What of a spool found at the start cannot be published any more, and what the bus lost for good: counted, and told once. */
export class LostEvents {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #overtaken = new Map<SeriesKey, Loss>();
  #told: StatusEvent[] = [];

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** Another writer went on with the series: this event's number is that writer's now. */
  overtaken(event: AlphaEvent): void {
    const key = seriesKey(seriesOf(event));
    const loss = this.#overtaken.get(key) ?? { event, count: 0, fromTs: event.ts, toTs: event.ts };
    this.#overtaken.set(key, loss);
    loss.count++;
    loss.fromTs = Math.min(loss.fromTs, event.ts);
    loss.toTs = Math.max(loss.toTs, event.ts);
  }

  /** These numbers were given, and their events are neither on the bus nor on disk, nor in memory. */
  missing({ series, from, to, ts }: LostNumbers): void {
    const reason = 'Nobody has them any more: the bus lost them, or a collector was killed before they were on disk.';
    this.#logger.error({ series: seriesKey(series), from, to }, reason);
    this.#count(series.stream, to - from + 1);
    this.#tell({ ...series, ts }, { reason, from_seq: from, to_seq: to });
  }

  get isEmpty(): boolean {
    return this.#told.length === 0 && this.#overtaken.size === 0;
  }

  /** What is to be published of it, without numbers yet. */
  take(): readonly StatusEvent[] {
    for (const [series, { event, count, fromTs, toTs }] of this.#overtaken) {
      const reason = `Another collector took over while ${count} events waited on disk.`;
      this.#logger.error({ series, count, fromTs, toTs }, reason);
      this.#count(streamOf(event), count);
      this.#tell(event, { reason, from_ts: fromTs, to_ts: toTs });
    }
    this.#overtaken.clear();
    return this.#told.splice(0);
  }

  #count(stream: StreamName, count: number): void {
    this.#metrics.count('alpha_bus_dropped_events_total', count, { stream });
  }

  /** A status event that was lost itself was about a time that is over. */
  #tell({ type: channel, exchange, symbol, ts }: About, data: Omit<StatusEvent['data'], 'state'>): void {
    if (channel !== 'trade' && channel !== 'orderbook' && channel !== 'ticker') return;
    this.#told.push({ type: 'status', exchange, symbol, ts, data: { state: 'dropped', channel, ...data } });
  }
}
