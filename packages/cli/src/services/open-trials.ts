import { basename, dirname, join } from 'node:path';
import { type SearchIdentity, TrialFile } from '@alpha-engine/backtest/search';
import { AlphaError } from '@alpha-engine/core';
import { acquireLock, type Lock } from '@alpha-engine/core/process';

/** Trials on disk that are this process's alone until `close`. */
export interface OpenTrials {
  readonly file: TrialFile;
  close(): Promise<void>;
}

/**
 * The file of a search, for one process at a time: two would leave their trials in each other's. Throws `SEARCH_LOCKED`, and what
 * `TrialFile.open` throws.
 */
export async function openTrials(path: string, identity: SearchIdentity): Promise<OpenTrials> {
  const lock = await lockOf(path);
  try {
    const file = TrialFile.open(path, identity);
    const close = async () => {
      file.close();
      await lock?.release();
    };
    return { file, close };
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** Null where the folder takes no lock: one that does not exist is told when the file is opened. */
async function lockOf(path: string): Promise<Lock | null> {
  // Hidden, and like no other file: dead neighbours of this name are removed.
  const lockPath = join(dirname(path), `.${basename(path)}.lock`);
  try {
    const message = `Another process searches into ${path}. Wait for it, or name another file with --out.`;
    return await acquireLock({ path: lockPath, code: 'SEARCH_LOCKED', message });
  } catch (error) {
    if (AlphaError.is(error)) throw error;
    return null;
  }
}
