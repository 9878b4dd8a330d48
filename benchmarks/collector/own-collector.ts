import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExchangeContext, silentLogger } from '@alpha-engine/core';
import { runCollector } from '@alpha-engine/core/process';
import { openRedisBus } from '@alpha-engine/core/redis';
import { Budget, GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import type { Kind } from '../scaling/kinds.js';

export interface CollectorPlaces {
  /** Of the exchange. */
  readonly port: number;
  readonly redisUrl: string;
  readonly kind: Kind;
  /** Events that may wait in the feed. */
  readonly capacity: number;
}

/** The real collector: GMO Coin's feed → the bus on Redis, one channel of one symbol, until `signal` aborts. */
export async function runOwnCollector(places: CollectorPlaces, signal: AbortSignal): Promise<void> {
  const { port, redisUrl, kind, capacity } = places;
  const wallClock = { now: () => Date.now() };
  const context: ExchangeContext = {
    endpoints: { restBaseUrl: `http://127.0.0.1:${port}` },
    logger: silentLogger,
    marketClock: wallClock,
    wallClock,
  };
  const all = new GmoMarketFeed(context, { commands: new Budget({ spacingMs: 1 }), capacity });
  const feed = {
    subscribe: (wanted: { symbols: readonly string[] }, stop: AbortSignal) =>
      all.subscribe({ ...wanted, channels: [kind] }, stop),
  };
  const bus = await openRedisBus({ url: redisUrl });
  const folder = await mkdtemp(join(tmpdir(), 'alpha-bench-spool-'));
  const spool = { folder, maxBytes: 1024 ** 3 };
  const options = { exchange: 'gmo', symbols: ['BTC_JPY'], feed, bus, spool, logger: silentLogger, wallClock };
  await runCollector(options, signal);
  await bus.close();
  await rm(folder, { recursive: true });
}
