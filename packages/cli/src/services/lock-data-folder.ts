import { join } from 'node:path';
import { acquireLock } from '@alpha-engine/core/process';

/** One engine per data folder: the embedded database has one owner. Throws `DATA_FOLDER_LOCKED`. */
export function lockDataFolder(dataDir: string): Promise<{ release(): Promise<void> }> {
  return acquireLock({
    path: join(dataDir, 'engine.lock'),
    code: 'DATA_FOLDER_LOCKED',
    message: `Another engine already uses the data folder ${dataDir}. Stop it, or give this one its own with --data-dir.`,
  });
}
