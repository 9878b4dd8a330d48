import { existsSync } from 'node:fs';
import { AlphaError, type EventBus, silentLogger } from '@alpha-engine/core';
import { prepareDataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { openBus } from './open-bus.js';

/** Opens the bus that is there, for as long as `work` takes; makes none. */
export async function lookAtBus<Result>(config: Config, work: (bus: EventBus) => Promise<Result>): Promise<Result> {
  const bus = await openExistingBus(config);
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}

/** Opens the bus that is there; makes none. Throws `DATA_FOLDER_UNUSABLE` where nothing ran yet. */
export async function openExistingBus(config: Config): Promise<EventBus> {
  const { dataDir } = config;
  if (config.redisUrl === undefined && !existsSync(dataDir)) {
    throw new AlphaError(
      'DATA_FOLDER_UNUSABLE',
      `There is no bus in ${dataDir}: nothing ran here yet. Start \`alpha collect\`, or name the folder with --data-dir.`,
      { context: { dataDir } },
    );
  }
  return openBus(config, await prepareDataFolder(dataDir), silentLogger);
}
