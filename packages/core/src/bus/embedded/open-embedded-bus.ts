import { realpath, stat } from 'node:fs/promises';
import type { Clock } from '../../telemetry/clock.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import type { EventBus } from '../event-bus.js';
import { StorageBus } from '../storage-bus.js';
import { type BusFiles, prepareBusFolder, unusable } from './bus-folder.js';
import { LmdbStorage, openLmdb } from './lmdb-storage.js';
import { SharedStorage } from './shared-storage.js';
import { WakeFile } from './wake-file.js';

export interface EmbeddedBusOptions {
  /** Folder of the bus alone; made when missing. */
  readonly folder: string;
  readonly logger?: Logger;
  /** For looking while others write: nothing is created, and whatever would change the bus is refused. */
  readonly readOnly?: boolean;
  /** Decides when an entry of a shared group counts as left, for tests; without it wall time does. */
  readonly clock?: Clock;
}

/** The library must not open a file twice in one process: handles on the same folder share what the first one opened. */
const inThisProcess = new Map<string, SharedStorage>();

/**
 * Opens the bus in this folder, shared with every other process that has it open. Throws `DATA_FOLDER_UNUSABLE` when
 * the folder cannot be used; nothing in it is changed then.
 */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<EventBus> {
  const { folder, logger = silentLogger, readOnly = false } = options;
  const files = await prepareBusFolder(folder, readOnly);
  if (readOnly) await assertThere(files.database, files.folder);
  const path = await realpath(files.folder);
  let shared = inThisProcess.get(path);
  while (shared?.closing) {
    await shared.closing;
    shared = inThisProcess.get(path);
  }
  // No waiting from here on: two calls at once must not both open the file.
  if (shared === undefined) {
    shared = new SharedStorage(openStorage(files, logger), () => inThisProcess.delete(path));
    inThisProcess.set(path, shared);
  }
  return new StorageBus(shared.handle(readOnly), options.clock, logger);
}

function openStorage(files: BusFiles, logger: Logger): LmdbStorage {
  try {
    return new LmdbStorage(openLmdb(files.database), new WakeFile(files.wake, logger), files.folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unusable(
      files.folder,
      `The bus in ${files.folder} cannot be opened (${reason}); choose another folder.`,
      cause,
    );
  }
}

async function assertThere(database: string, folder: string): Promise<void> {
  try {
    await stat(database);
  } catch (cause) {
    throw unusable(
      folder,
      `There is no bus in ${folder}; start "alpha collect" first, or name the folder it uses.`,
      cause,
    );
  }
}
