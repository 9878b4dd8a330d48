import { stat } from 'node:fs/promises';
import { open } from 'lmdb';
import { AlphaError } from '../../errors/alpha-error.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import type { EventBus } from '../event-bus.js';
import { StorageBus } from '../storage-bus.js';
import { prepareBusFolder, unusable } from './bus-folder.js';
import { LmdbStorage } from './lmdb-storage.js';
import { WakeFile } from './wake-file.js';

export interface EmbeddedBusOptions {
  /** Folder of the bus alone; made when missing. */
  readonly folder: string;
  readonly logger?: Logger;
  /** For looking while others write: nothing is created, and whatever would change the bus is refused. */
  readonly readOnly?: boolean;
}

/**
 * Opens the bus in this folder, shared with every other process that has it open. Throws `DATA_FOLDER_UNUSABLE` when
 * the folder cannot be used; nothing in it is changed then.
 */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<EventBus> {
  const { folder, logger = silentLogger, readOnly = false } = options;
  const files = await prepareBusFolder(folder, readOnly);
  if (readOnly) await assertThere(files.database, files.folder);
  try {
    const root = open(files.database, { noSubdir: true, maxDbs: 4, encoding: 'json' });
    const wake = new WakeFile(files.wake, logger);
    return new StorageBus(new LmdbStorage(root, wake, readOnly));
  } catch (cause) {
    if (AlphaError.is(cause)) throw cause;
    throw unusable(
      files.folder,
      `The bus in ${files.folder} cannot be opened (${String(cause)}); choose another folder.`,
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
