import type { EpochMs } from '../../events/common.js';
import type { AlphaEvent } from '../../events/event.js';
import type { StatusEvent } from '../../events/status.js';
import type { Logger } from '../../telemetry/logger.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { type SeriesKey, seriesKey, seriesOf, streamOf } from '../streams.js';

interface Loss {
  readonly event: AlphaEvent;
  count: number;
  fromTs: EpochMs;
  toTs: EpochMs;
}

/** What of a spool found at the start cannot be published any more, and what the bus lost before it: counted, and told once. */
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

  /** These numbers before `event` were given by a process that is gone, and are neither on the bus nor on disk. */
  missing(event: AlphaEvent, from: number, to: number): void {
    const reason = 'Nobody has them any more: the bus lost them, or a collector was killed before they were on disk.';
    this.#logger.error({ series: seriesKey(seriesOf(event)), from, to }, reason);
    this.#count(event, to - from + 1);
    this.#tell(event, { reason, from_seq: from, to_seq: to });
  }

  /** What is to be published of it, without numbers yet. */
  take(): readonly StatusEvent[] {
    for (const [series, { event, count, fromTs, toTs }] of this.#overtaken) {
      const reason = `Another collector took over while ${count} events waited on disk.`;
      this.#logger.error({ series, count, fromTs, toTs }, reason);
      this.#count(event, count);
      this.#tell(event, { reason, from_ts: fromTs, to_ts: toTs });
    }
    this.#overtaken.clear();
    return this.#told.splice(0);
  }

  #count(event: AlphaEvent, count: number): void {
    this.#metrics.count('alpha_bus_dropped_events_total', count, { stream: streamOf(event) });
  }

  /** A status event that was lost itself was about a time that is over. */
  #tell({ type: channel, exchange, symbol, ts }: AlphaEvent, data: Omit<StatusEvent['data'], 'state'>): void {
    if (channel !== 'trade' && channel !== 'orderbook' && channel !== 'ticker') return;
    this.#told.push({ type: 'status', exchange, symbol, ts, data: { state: 'dropped', channel, ...data } });
  }
}
