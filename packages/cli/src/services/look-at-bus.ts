import { existsSync } from 'node:fs';
import { AlphaError, type EventBus, silentLogger } from '@alpha-engine/core';
import { prepareDataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { openBus } from './open-bus.js';

/** Opens the bus that is there, for as long as `work` takes; makes none. */
export async function lookAtBus<Result>(config: Config, work: (bus: EventBus) => Promise<Result>): Promise<Result> {
  const { dataDir } = config;
  if (config.redisUrl === undefined && !existsSync(dataDir)) {
    throw new AlphaError(
      'DATA_FOLDER_UNUSABLE',
      `There is no bus in ${dataDir}: nothing ran here yet. Start \`alpha collect\`, or name the folder with --data-dir.`,
      { context: { dataDir } },
    );
  }
  const bus = await openBus(config, await prepareDataFolder(dataDir), silentLogger);
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}
