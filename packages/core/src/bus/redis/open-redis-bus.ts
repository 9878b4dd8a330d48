import type { Clock } from '../../telemetry/clock.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import type { EventBus } from '../event-bus.js';
import type { Partition } from '../streams.js';
import { RedisBus } from './redis-bus.js';
import { IOREDIS, type RedisDriver } from './redis-client.js';
import { RedisLink } from './redis-link.js';
import type { RetentionOptions } from './redis-retention.js';
import { parseRedisUrl } from './redis-url.js';
import { checkRedis } from './start-checks.js';

export interface RedisBusOptions {
  /** See `REDIS_URL_FORMS`. Its password is never logged and never part of an error. */
  readonly url: string;
  readonly logger?: Logger;
  /** `symbol` gives each symbol its own `md` streams, so that a Cluster shares the load. Default `none`. */
  readonly partition?: Partition;
  /** How long a call waits while Redis is away (restart, failover) before it fails with `BUS_UNAVAILABLE`. Default 60 000 ms. */
  readonly patienceMs?: number;
  /** How long opening waits for a Redis that does not answer. Default 5000 ms. */
  readonly openPatienceMs?: number;
  /** An answer that takes longer means that the connection is dead: it is made anew. Default 10 000 ms. */
  readonly silenceMs?: number;
  /** Trims the streams in the background as long as this handle is open; for one process of the bus, the collector. */
  readonly retention?: RetentionOptions;
  /** Decides when an entry of a shared group counts as left, for tests; without it the server's clock does. */
  readonly clock?: Clock;
  /** Another copy of ioredis than the one installed beside this package. */
  readonly driver?: RedisDriver;
}

/**
 * Opens the bus on a Redis (7 or newer, Valkey; behind Sentinel; a Cluster). Throws `CONFIG_INVALID` for a URL that cannot
 * be read, `BUS_UNAVAILABLE` when nobody answers, and `BUS_UNUSABLE` for a server that cannot keep events.
 */
export async function openRedisBus(options: RedisBusOptions): Promise<EventBus> {
  const { logger = silentLogger, partition = 'none', patienceMs = 60_000, openPatienceMs = 5000 } = options;
  const { driver = IOREDIS, silenceMs = 10_000 } = options;
  const target = parseRedisUrl(options.url);
  const link = new RedisLink(target, { driver, logger, patienceMs, silenceMs });
  try {
    await link.ready(link.main, performance.now() + openPatienceMs);
    await checkRedis(link, logger, openPatienceMs);
  } catch (error) {
    link.end();
    link.disconnect();
    throw error;
  }
  return new RedisBus(link, { partition, logger, clock: options.clock, retention: options.retention });
}
