import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FinishedTrial, type SearchIdentity, TrialFile } from '@alpha-engine/backtest/search';
import { AlphaError } from '@alpha-engine/core';
import { acquireLock, type Lock } from '@alpha-engine/core/process';
import { unwritable } from '../output/tell-output-errors.js';

/** Trials on disk that are this process's alone until `close`. */
export interface OpenTrials {
  readonly known: TrialFile['known'];
  /** Throws `OUTPUT_UNWRITABLE`; the trials before stay whole. */
  add(trial: FinishedTrial): void;
  close(): Promise<void>;
}

/**
 * The file of a search, for one process at a time: two would leave their trials in each other's. Throws `SEARCH_LOCKED`, `USAGE`,
 * `DATA_UNREADABLE` and `OUTPUT_UNWRITABLE`.
 */
export async function openTrials(path: string, identity: SearchIdentity): Promise<OpenTrials> {
  const found = await stat(path).catch(() => null);
  // A device or a pipe keeps nothing.
  const keeps = found === null || found.isFile() || found.isDirectory();
  const lock = keeps ? await lockOf(path) : null;
  try {
    const file = TrialFile.open(path, identity, keeps);
    const close = async () => {
      file.close();
      await lock?.release();
    };
    const add = (trial: FinishedTrial) => {
      try {
        file.add(trial);
      } catch (error) {
        throw unwritable(path, error);
      }
    };
    return { known: (period, timeoutMs) => file.known(period, timeoutMs), add, close };
  } catch (error) {
    await lock?.release();
    throw AlphaError.is(error) ? error : unwritable(path, error);
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
