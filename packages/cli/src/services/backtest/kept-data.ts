import { resolve } from 'node:path';
import { type BarSource, type EventSource, MergedEvents, ReadEvents } from '@alpha-engine/backtest';
import {
  type AlphaEvent,
  type EpochMs,
  type EventBus,
  type MarketEvent,
  marketStreams,
  type StreamName,
} from '@alpha-engine/core';
import { type ArchiveReader, openFileArchive, openStoreArchive, readArchive } from '@alpha-engine/core/archive';
import type { Config } from '../../config/schema.js';
import { Secret } from '../../config/secret.js';
import { openExistingBus } from '../look-at-bus.js';
import { archiveFolder } from '../open-archive.js';
import { openRecords } from '../open-records.js';
import { storedBars } from './stored-bars.js';

export interface KeptQuery {
  readonly config: Config;
  /** Where the folder of an archive is looked for. */
  readonly folder: string;
  readonly symbols: readonly string[];
  readonly to?: EpochMs;
}

/** Everything of these symbols before a time. */
interface Asked {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly to?: EpochMs;
}

const BATCH = 1_000;
const KEPT = /^(archive(:.+)?|bus|rediss?:\/\/.+|db|db:events)$/;

/** Whether `--data` names what the engine kept, and no file. */
export function isKept(data: string): boolean {
  return KEPT.test(data);
}

/** What the engine kept: `archive`, `archive:<folder>`, `bus`, `redis://…`, `db` (bars) or `db:events`. It is opened when it is read. */
export function keptData(name: string, { config, folder, symbols, to }: KeptQuery): BarSource | EventSource {
  const { exchange, timeframe } = config;
  const query: Asked = { exchange, symbols, ...(to !== undefined && { to }) };
  if (name === 'db') return storedBars(config, { ...query, timeframe });
  if (name === 'db:events') return recordedEvents(config, query);
  if (name === 'bus') return busEvents(config, 'the bus', query);
  if (!name.startsWith('archive')) {
    return busEvents({ ...config, redisUrl: new Secret(name) }, `the bus ${withoutPassword(name)}`, query);
  }
  const path = name === 'archive' ? archiveFolder(config) : resolve(folder, name.slice('archive:'.length));
  return archived(`the archive in ${path}`, query, (read) => read(openFileArchive({ folder: path })));
}

/** Raw events of the database, where `alpha archive --archive-to postgres` keeps them. */
function recordedEvents(config: Config, query: Asked): EventSource {
  return archived('the raw events of the database', query, async function* (read) {
    const { store, close } = await openRecords(config);
    try {
      yield* read(openStoreArchive(store));
    } finally {
      await close();
    }
  });
}

type Events = AsyncIterable<readonly AlphaEvent[]>;

function archived(name: string, query: Asked, open: (read: (archive: ArchiveReader) => Events) => Events) {
  const batches = () => open((archive) => inBatches(readArchive(archive, query)));
  return new ReadEvents({ name, batches, exchange: query.exchange, symbols: query.symbols });
}

/** The streams of a bus, as far as they go now, merged by time; no group is made and nothing is acknowledged. */
function busEvents(config: Config, name: string, query: Asked): EventSource {
  const { exchange, symbols } = query;
  async function* batches(): Events {
    const bus = await openExistingBus(config);
    try {
      const streams = (['md:trade', 'md:orderbook', 'md:ticker'] as const).flatMap((stream) =>
        marketStreams(stream, { exchange, symbols, partition: bus.partition }),
      );
      const sources = streams.map((stream) => ({ events: () => streamed(bus, stream, query), provenance: () => [] }));
      yield* new MergedEvents(sources).events();
    } finally {
      await bus.close();
    }
  }
  return new ReadEvents({ name, batches, exchange, symbols });
}

async function* streamed(bus: EventBus, stream: StreamName, query: Asked): AsyncGenerator<readonly MarketEvent[]> {
  const { exchange, symbols, to = Number.POSITIVE_INFINITY } = query;
  for (let after: string | null = null; ; ) {
    const entries: Awaited<ReturnType<EventBus['range']>> = await bus.range(stream, after, BATCH);
    if (entries.length === 0) return;
    after = entries.at(-1)?.id ?? null;
    yield entries.flatMap(({ event }) => {
      const market = event.type === 'trade' || event.type === 'orderbook' || event.type === 'ticker';
      return market && event.exchange === exchange && symbols.includes(event.symbol) && event.ts < to ? [event] : [];
    });
  }
}

function withoutPassword(name: string): string {
  return name.replace(/\/\/.*@/, '//***@');
}

async function* inBatches(events: AsyncIterable<AlphaEvent>): Events {
  let batch: AlphaEvent[] = [];
  for await (const event of events) {
    batch.push(event);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
