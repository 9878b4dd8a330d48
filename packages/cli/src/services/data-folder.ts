import { acquireLock, type DataFolder, type Lock } from '@alpha-engine/core/process';

/** One engine per data folder: its database has one owner. Throws `DATA_FOLDER_LOCKED`. */
export function lockDataFolder({ folder, lock }: DataFolder): Promise<Lock> {
  return acquireLock({
    path: lock,
    code: 'DATA_FOLDER_LOCKED',
    message: `Another engine already uses the data folder ${folder}. Stop it, or give this one its own with --data-dir.`,
  });
}

/** On a database server the halves of an engine may share a folder, and none of them runs twice in it. Throws `DATA_FOLDER_LOCKED`. */
export function lockHalf({ folder, lock }: DataFolder, half: 'strategy' | 'execution'): Promise<Lock> {
  return acquireLock({
    path: `${lock}-${half}`,
    code: 'DATA_FOLDER_LOCKED',
    message: `The ${half} half of an engine already runs in the data folder ${folder}. Stop it, or give this one its own with --data-dir.`,
  });
}
