import type { EventBus, Logger } from '@alpha-engine/core';
import type { DataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';

/**
 * The bus of this installation: the Redis of REDIS_URL, or the embedded one in the data folder. `trims`: this process keeps
 * the streams from growing without end.
 */
export async function openBus(
  config: Config,
  places: Pick<DataFolder, 'bus'>,
  logger: Logger,
  { trims = false } = {},
): Promise<EventBus> {
  const { redisUrl, partition } = config;
  if (redisUrl === undefined) {
    const { openEmbeddedBus } = await import('@alpha-engine/core/embedded');
    return openEmbeddedBus({ folder: places.bus, logger });
  }
  const { openRedisBus } = await import('@alpha-engine/core/redis');
  return openRedisBus({ url: redisUrl.reveal(), partition, logger, ...(trims && { retention: {} }) });
}
