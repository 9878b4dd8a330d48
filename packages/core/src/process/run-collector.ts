import type { EventBus } from '../bus/event-bus.js';
import { Publisher } from '../bus/publisher.js';
import { type Series, seriesKey, seriesOf } from '../bus/streams.js';
import type { AlphaEvent } from '../events/event.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import type { MarketFeed } from '../exchange/market-feed.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';

export interface CollectorOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly feed: MarketFeed;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly wallClock: Clock;
}

export interface CollectorReport {
  /** Market events the feed handed over. */
  readonly received: number;
  /** Of these, how many this process put on the bus. */
  readonly published: number;
  /** Received market events by series key. */
  readonly bySeries: Readonly<Record<string, number>>;
}

/**
 * The collector: feed → bus, until `signal` aborts. It takes over as the writer of its series and goes on from the last
 * `seq`. On the way out everything received is published first, then the feed's end is told on `md:status`.
 */
export async function runCollector(options: CollectorOptions, signal: AbortSignal): Promise<CollectorReport> {
  const { exchange, symbols, feed, bus, logger, wallClock } = options;
  const publisher = await Publisher.open(bus, collectorSeries(exchange, symbols));
  const bySeries: Record<string, number> = {};
  let received = 0;
  let published = 0;
  logger.info({ exchange, symbols }, 'collector started');
  try {
    for await (const batch of feed.subscribe({ symbols }, signal)) {
      const market = countMarketEvents(batch, bySeries);
      received += market;
      await publisher.publish(batch);
      published += market;
      for (const event of batch) if (event.type === 'status') logStatus(logger, event, signal.aborted);
    }
    await publisher.publish([stopped(exchange, wallClock.now())]);
  } finally {
    await publisher.close();
  }
  const report: CollectorReport = { received, published, bySeries };
  logger.info({ ...report }, 'collector stopped');
  return report;
}

function collectorSeries(exchange: string, symbols: readonly string[]): Series[] {
  const types = ['trade', 'orderbook', 'ticker', 'status'] as const;
  const series = symbols.flatMap((symbol) => types.map((type) => ({ stream: `md:${type}`, exchange, symbol, type })));
  return [...series, { stream: 'md:status', exchange, symbol: ALL_SYMBOLS, type: 'status' as const }];
}

function countMarketEvents(batch: readonly AlphaEvent[], bySeries: Record<string, number>): number {
  let count = 0;
  for (const event of batch) {
    if (event.type === 'status') continue;
    const key = seriesKey(seriesOf(event));
    bySeries[key] = (bySeries[key] ?? 0) + 1;
    count++;
  }
  return count;
}

/** What happens to a feed that was asked to end is no news. */
function logStatus(logger: Logger, event: StatusEvent, stopping: boolean): void {
  const fields = { exchange: event.exchange, symbol: event.symbol, ...event.data };
  const good = event.data.state === 'connected' || event.data.state === 'subscribed' || event.data.state === 'resynced';
  if (stopping) logger.debug(fields, `feed ${event.data.state}`);
  else if (good) logger.info(fields, `feed ${event.data.state}`);
  else logger.warn(fields, `feed ${event.data.state}`);
}

function stopped(exchange: string, ts: number): StatusEvent {
  return {
    type: 'status',
    exchange,
    symbol: ALL_SYMBOLS,
    ts,
    data: { state: 'disconnected', reason: 'The collector was stopped.' },
  };
}
