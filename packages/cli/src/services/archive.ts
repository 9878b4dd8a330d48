import { hostname } from 'node:os';
import { type Logger, MARKET_STREAMS, marketStreams } from '@alpha-engine/core';
import { type ArchiveWriter, openFileArchiveWriter, storeArchiveWriter } from '@alpha-engine/core/archive';
import { connectServerDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import { type ArchiverReport, prepareDataFolder, runArchiver } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { Closers } from './closers.js';
import { archiveFolder } from './open-archive.js';
import { openBus } from './open-bus.js';
import { serverOptions } from './open-store.js';
import { assertNamed } from './symbols.js';
import { wallClock } from './wall-clock.js';
import { behind, Watch } from './watch.js';

/** An archiver that is further behind than this, in milliseconds, is not ready. */
const BEHIND_MS = 60_000;

/** The bus → the archive, until `signal` aborts. */
export async function archive(
  { config, logger }: { readonly config: Config; readonly logger: Logger },
  signal: AbortSignal,
): Promise<ArchiverReport> {
  const places = await prepareDataFolder(config.dataDir);
  const closers = new Closers();
  try {
    const watch = await Watch.open(config, logger);
    closers.add(() => watch.close());
    const writer = await openWriter(config, logger, closers);
    closers.add(() => writer.close());
    const opened = await openBus(config, places, logger);
    closers.add(() => opened.close());
    const bus = watch.bus(opened);
    const { archiveRetentionDays: retentionDays, exchange, symbols } = config;
    const { partition } = bus;
    if (partition === 'symbol') assertNamed(symbols, 'With a stream for each symbol the archiver has to know them.');
    // An archive of files and one in a database are two readers, each with its own place on the bus.
    const group = `archive-${config.archiveTo}`;
    watch.started(() => behind(bus, [group], BEHIND_MS));
    return await runArchiver(
      {
        bus,
        writer,
        group,
        streams: MARKET_STREAMS.flatMap((stream) => marketStreams(stream, { exchange, symbols, partition })),
        consumer: `${hostname()}-${process.pid}`,
        logger,
        wallClock,
        ...watch.metrics,
        ...(retentionDays !== undefined && { retentionDays }),
      },
      signal,
    );
  } finally {
    await closers.close();
  }
}

async function openWriter(config: Config, logger: Logger, closers: Closers): Promise<ArchiveWriter> {
  if (config.archiveTo === 'files' || config.databaseUrl === undefined) {
    return openFileArchiveWriter({ folder: archiveFolder(config) });
  }
  const { pool, close } = await connectServerDatabase(serverOptions(config, config.databaseUrl, logger));
  closers.add(close);
  const store = createPostgresStore(pool, { logger, copy: true });
  await store.migrate();
  return storeArchiveWriter(store);
}
