import type { EventBus } from '../bus/event-bus.js';
import { SeriesTable } from '../bus/series-table.js';
import { SpoolingPublisher } from '../bus/spool/spooling-publisher.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { TradeEvent } from '../events/market.js';
import type { StatusEvent } from '../events/status.js';
import type { ChannelSilence, MarketFeed } from '../exchange/market-feed.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { type Metrics, silentMetrics } from '../telemetry/metrics.js';
import { collectorSeries } from './collector-series.js';
import { CollectorWords } from './collector-words.js';
import { lastEvents } from './last-events.js';
import { publishWaiting } from './publish-waiting.js';
import { QuoteGaps } from './quote-gaps.js';
import { noteTakeover, pauseAfterTakeovers } from './takeovers.js';
import type { WaitingSpool } from './waiting-spools.js';

/** What an earlier collector left on disk goes out before the bus is asked for its last trades; a bus that is away is not waited for. */
const CATCH_UP_MS = 30_000;
/** Trades of each symbol that the feed begins with: more than the busiest second of one. */
const KNOWN_TRADES = { type: 'trade', enough: 500, page: 2_000 } as const;

export interface CollectorOptions {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly feed: MarketFeed;
  /** Default: what the feed knows of its exchange. */
  readonly silence?: ChannelSilence;
  readonly bus: EventBus;
  /**
   * Where events wait while the bus is away; no other process may use the folder. `waiting` is what other collectors left
   * (`waitingSpools`): what is of our symbols is published first.
   */
  readonly spool: { readonly folder: string; readonly maxBytes: number; readonly waiting?: readonly WaitingSpool[] };
  readonly logger: Logger;
  readonly wallClock: Clock;
  readonly metrics?: Metrics;
  /** Told once the series are claimed, with what is not as it should be at any moment from then on; for those who watch. */
  readonly opened?: (troubles: () => readonly string[]) => void;
}

export interface CollectorReport {
  /** Market events the feed handed over. */
  readonly received: number;
  /** Of these, how many this process put on the bus, … */
  readonly published: number;
  /** … how many it left on disk for the next start, because the bus was away, … */
  readonly spooled: number;
  /** … and how many it dropped because there was no room left. The three add up to `received`. */
  readonly dropped: number;
  /** Received market events by series key. */
  readonly bySeries: Readonly<Record<string, number>>;
}

const LEFT =
  'Events wait on disk; the next collector of any of these symbols publishes them first, unless another has taken the symbols over.';

/**
 * The collector: feed → bus, until `signal` aborts. It takes over as the writer of its series, publishes what an earlier one left
 * on disk, goes on from the last `seq`, and has the feed backfill what came after the last trades on the bus. What the bus does not
 * take goes to disk. On the way out everything received is on the bus or on disk before the report, the feed's end on `md:status` included.
 */
export async function runCollector(options: CollectorOptions, signal: AbortSignal): Promise<CollectorReport> {
  const { exchange, symbols, feed, bus, spool, logger, wallClock, metrics = silentMetrics } = options;
  await pauseAfterTakeovers({ folder: spool.folder, wallClock, logger }, signal);
  if (!signal.aborted) await publishWaiting({ exchange, symbols, bus, spool, logger, metrics, wallClock }, signal);
  // Whoever is told to end takes nothing over: the series may have a healthy writer.
  if (signal.aborted) return { received: 0, published: 0, spooled: 0, dropped: 0, bySeries: {} };
  const failed = new AbortController();
  const publisher = await SpoolingPublisher.open(bus, collectorSeries(exchange, symbols), {
    folder: spool.folder,
    maxBytes: spool.maxBytes,
    clock: wallClock,
    logger,
    metrics,
    onFailure: (error) => {
      failed.abort();
      if (AlphaError.is(error, 'BUS_FENCED')) noteTakeover({ folder: spool.folder, wallClock, logger });
    },
  });
  options.opened?.(() => publisher.troubles);
  const counts = new SeriesTable(({ key }) => ({ key, count: 0 }));
  logger.info({ exchange, symbols }, 'collector started');
  let left = 0;
  const ending = AbortSignal.any([signal, failed.signal]);
  try {
    const past = await lastPublished(options, publisher, ending);
    const words = new CollectorWords({
      exchange,
      symbols,
      signal,
      quoteGaps: past?.quoteGaps ?? QuoteGaps.none(),
      gap: (channel, symbol) => metrics.count('alpha_feed_gaps_total', 1, { exchange, channel, symbol }),
    });
    if (past === null && !ending.aborted) await publisher.take(words.unknownPast(wallClock.now()));
    const subscription = { symbols, silence: options.silence ?? {}, published: past?.trades ?? new Map() };
    for await (const batch of feed.subscribe(subscription, ending)) {
      let tells = false;
      for (const event of batch) {
        if (event.type === 'status') tells = true;
        else counts.of(event).count++;
      }
      await publisher.take(tells ? batch.flatMap((event) => words.of(event)) : batch);
      if (tells) for (const event of batch) if (event.type === 'status') logStatus(logger, event, signal.aborted);
    }
    await publisher.take(words.stopped(wallClock.now()));
  } finally {
    left = await publisher.close();
    if (left > 0) logger.warn({ events: left, folder: spool.folder }, LEFT);
  }
  const { taken: received, published, dropped } = publisher.counts;
  const bySeries = Object.fromEntries(counts.all.map(({ key, count }) => [key, count]));
  const report: CollectorReport = { received, published, spooled: received - published - dropped, dropped, bySeries };
  logger.info({ ...report }, 'collector stopped');
  return report;
}

interface Past {
  /** Where the feed goes on. */
  readonly trades: ReadonlyMap<string, readonly TradeEvent[]>;
  readonly quoteGaps: QuoteGaps;
}

/** Null when the bus is too busy or away: the feed then begins anew, rather than tell trades twice. */
async function lastPublished(
  { bus, exchange, symbols, logger }: CollectorOptions,
  publisher: SpoolingPublisher,
  signal: AbortSignal,
): Promise<Past | null> {
  try {
    if (await publisher.caughtUp(CATCH_UP_MS, signal)) {
      const trades = await lastEvents(bus, { exchange, symbols, ...KNOWN_TRADES });
      return { trades, quoteGaps: await QuoteGaps.since(bus, exchange, symbols) };
    }
  } catch (error) {
    logger.warn({ error: String(error) }, 'The last events on the bus could not be read.');
  }
  if (!signal.aborted) logger.error({ exchange }, 'Trades of the time before this start are not backfilled.');
  return null;
}

/** What happens to a feed that was asked to end is no news. */
function logStatus(logger: Logger, event: StatusEvent, stopping: boolean): void {
  const fields = { exchange: event.exchange, symbol: event.symbol, ...event.data };
  const good = ['connected', 'open', 'subscribed', 'resynced'].includes(event.data.state);
  if (stopping) logger.debug(fields, `feed ${event.data.state}`);
  else if (good) logger.info(fields, `feed ${event.data.state}`);
  else logger.warn(fields, `feed ${event.data.state}`);
}
