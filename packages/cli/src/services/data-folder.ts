import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError, type Logger } from '@alpha-engine/core';
import { acquireLock, type DataFolder, type Lock } from '@alpha-engine/core/process';

/** How often a standby looks, milliseconds. */
const LOOK_EVERY_MS = 500;

/** One engine per data folder: its database has one owner. Throws `DATA_FOLDER_LOCKED`. */
export function lockDataFolder({ folder, lock }: DataFolder): Promise<Lock> {
  return acquireLock({
    path: lock,
    code: 'DATA_FOLDER_LOCKED',
    message: `Another engine already uses the data folder ${folder}. Stop it, wait for it as a standby (\`alpha engine --standby\`), or give this one its own with --data-dir.`,
  });
}

/** Waits until nobody else uses the data folder; throws the reason of `signal`. The kernel frees the lock with its process. */
export async function awaitDataFolder(places: DataFolder, logger: Logger, signal: AbortSignal): Promise<Lock> {
  for (let waited = false; ; waited = true) {
    try {
      return await lockDataFolder(places);
    } catch (error) {
      if (!AlphaError.is(error, 'DATA_FOLDER_LOCKED')) throw error;
    }
    if (!waited) {
      const { folder } = places;
      logger.info({ folder }, 'standby: another engine uses this data folder; this one takes over when it ends');
    }
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    signal.throwIfAborted();
  }
}
