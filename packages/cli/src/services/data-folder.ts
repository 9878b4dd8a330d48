import { acquireLock, type DataFolder, type Lock } from '@alpha-engine/core/process';

/** One engine per data folder: its database has one owner. Throws `DATA_FOLDER_LOCKED`. */
export function lockDataFolder({ folder, lock }: DataFolder): Promise<Lock> {
  return acquireLock({
    path: lock,
    code: 'DATA_FOLDER_LOCKED',
    message: `Another engine already uses the data folder ${folder}. Stop it, or give this one its own with --data-dir.`,
  });
}
