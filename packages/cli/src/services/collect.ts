import type { Logger } from '@alpha-engine/core';
import { type CollectorReport, MarketClock, prepareDataFolder, runCollector } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { Closers } from './closers.js';
import { endpointsOf, exchangeAdapter } from './exchanges.js';
import { openBus } from './open-bus.js';
import { wallClock } from './wall-clock.js';

/** Market data of the configured exchange → the embedded bus, until `signal` aborts. */
export async function collect(
  { config, logger }: { readonly config: Config; readonly logger: Logger },
  signal: AbortSignal,
): Promise<CollectorReport> {
  const adapter = await exchangeAdapter(config.exchange);
  const { dataDir, exchange, symbols } = config;
  const places = await prepareDataFolder(dataDir);
  const closers = new Closers();
  // The clock is measured until everything is closed, also while the collector is stopping.
  const ended = new AbortController();
  closers.add(() => ended.abort());
  try {
    const bus = await openBus(config, places, logger);
    closers.add(() => bus.close());
    const context = { endpoints: endpointsOf(config), logger, wallClock, marketClock: wallClock };
    const measure = () => adapter.measureClock(context);
    const marketClock = await MarketClock.start({ measure, wallClock, logger, signal: ended.signal });
    const feed = adapter.marketFeed({ ...context, marketClock });
    return await runCollector({ exchange, symbols, feed, bus, logger, wallClock }, signal);
  } finally {
    await closers.close();
  }
}
