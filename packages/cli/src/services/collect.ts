import { AlphaError, type Logger } from '@alpha-engine/core';
import {
  type CollectorReport,
  CollectorTurns,
  openUnless,
  outlast,
  PatientFeed,
  prepareDataFolder,
  runCollector,
  takeSpoolFolder,
  waitingSpools,
} from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { Closers } from './closers.js';
import { connectClock } from './connect-clock.js';
import { endpointsOf, exchangeAdapter } from './exchanges.js';
import { type FeedFigures, FeedFiguresReader } from './feed-figures.js';
import { FeedStates } from './feed-states.js';
import { openBus } from './open-bus.js';
import { symbolsOf } from './symbols.js';
import { wallClock } from './wall-clock.js';
import { Watch } from './watch.js';

/** Called once, with what tells the figures of now; they are measured because it is given. */
export type CollectorLook = (read: () => FeedFigures) => void;

export interface CollectOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly look?: CollectorLook | undefined;
}

const RIVAL =
  'Another collector of these symbols uses this data folder. This one takes them over, and the other ends with BUS_FENCED; run only one.';

const LATE =
  'The simulator in lockstep was not there when this collector began. Start the simulator first, then the collector.';

/** Market data of the configured exchange → the bus, until `signal` aborts. Null when it aborts before the collector started. */
export async function collect(
  { config, logger, look }: CollectOptions,
  signal: AbortSignal,
): Promise<CollectorReport | null> {
  const adapter = await exchangeAdapter(config.exchange);
  const { dataDir, exchange, maxClockSkewMs, silenceLimits: silence, spoolMaxMb } = config;
  const places = await prepareDataFolder(dataDir);
  const closers = new Closers();
  // The clock is measured until everything is closed, also while the collector is stopping.
  const ended = new AbortController();
  closers.add(() => ended.abort());
  let started = false;
  try {
    const watch = await Watch.open(config, logger, look !== undefined);
    closers.add(() => watch.close());
    const opened = await openUnless(signal, openBus(config, places, logger, { trims: true }));
    closers.add(() => opened.close());
    const bus = watch.bus(opened);
    const context = { endpoints: endpointsOf(config), logger, wallClock, ...watch.metrics };
    const history = adapter.history({ ...context, marketClock: wallClock, signal });
    let waits = false;
    const inTheWay = ({ message }: AlphaError) => {
      watch.waits(message);
      if (!waits) logger.warn({ reason: message }, 'The exchange does not tell its symbols; it is asked again.');
      waits = true;
    };
    const symbols = await outlast(() => symbolsOf(config.symbols, history), inTheWay, signal);
    let turns: CollectorTurns | undefined;
    let opensLate = false;
    const connect = async (stop: AbortSignal) => {
      const marketClock = await connectClock({ adapter, context, maxClockSkewMs, stop, ended: ended.signal });
      const asked = { ...context, marketClock };
      if (!marketClock.reading.lockstep) return adapter.marketFeed(asked);
      if (opensLate) throw new AlphaError('EXCHANGE_REFUSED', LATE);
      turns = new CollectorTurns();
      await adapter.joinLockstep?.(asked, turns, ended.signal);
      return turns.feed(adapter.marketFeed(asked));
    };
    const states = new FeedStates(await PatientFeed.open({ exchange, connect, wallClock }, signal));
    opensLate = true;
    const collected = turns?.bus(bus) ?? bus;
    const feed = watch.feed({ symbols, feed: states });
    signal.throwIfAborted();
    const { folder, lock, hasRival } = await takeSpoolFolder(places.spool, { exchange, symbols });
    closers.add(() => lock.release());
    if (hasRival) logger.warn({ exchange, symbols }, RIVAL);
    const spool = { folder, maxBytes: spoolMaxMb * 1024 ** 2, waiting: await waitingSpools(folder) };
    started = true;
    const reader = new FeedFiguresReader({ symbols, states });
    const { metrics } = watch.metrics;
    if (metrics) look?.(() => reader.read(metrics.samples(), performance.now()));
    const watchSpool = (troubles: () => readonly string[]) =>
      watch.started(async () => {
        const known = troubles();
        // Idle, it notices nothing by itself.
        if (known.length === 0) await bus.latest('md:status', null, 1);
        return known;
      });
    return await runCollector(
      {
        exchange,
        symbols,
        feed,
        silence,
        bus: collected,
        spool,
        logger,
        wallClock,
        ...watch.metrics,
        opened: watchSpool,
      },
      signal,
    );
  } catch (error) {
    if (started || !signal.aborted) throw error;
    logger.info({}, 'stopped before it had started');
    return null;
  } finally {
    await closers.close();
  }
}
