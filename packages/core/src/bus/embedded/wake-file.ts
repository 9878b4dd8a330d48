import { closeSync, constants, type FSWatcher, fstatSync, ftruncateSync, openSync, watch, writeSync } from 'node:fs';
import type { Logger } from '../../telemetry/logger.js';
import { ChangeCounter } from '../change-counter.js';

/** A reader looks this often although nothing woke it: a watch can miss a change. */
const SAFETY_POLL_MS = 250;
/** Where files cannot be watched at all. */
const BLIND_POLL_MS = 20;

/**
 * One file that every process of a bus touches after a change and watches for the others' changes. Owns a file
 * descriptor and a file watch; neither keeps the process alive.
 */
export class WakeFile {
  readonly changes = new ChangeCounter();
  readonly #fd: number;
  readonly #watcher: FSWatcher | null;
  readonly #logger: Logger;
  #pollMs = SAFETY_POLL_MS;

  constructor(path: string, logger: Logger) {
    this.#logger = logger;
    // Not for appending: the same byte is written over and over, so the file needs no more room, even on a full disk.
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT);
    if (fstatSync(this.#fd).size > 1) ftruncateSync(this.#fd, 0);
    this.touch();
    this.#watcher = this.#watch(path, logger);
  }

  get pollMs(): number {
    return this.#pollMs;
  }

  /** Wakes readers here and in other processes. Never throws: those that were not woken look by themselves, a little later. */
  touch(): void {
    this.changes.notify();
    try {
      writeSync(this.#fd, '.', 0);
    } catch (error) {
      this.#logger.warn({ error: String(error) }, 'The wake file cannot be written; readers look by themselves.');
    }
  }

  close(): void {
    this.#watcher?.close();
    closeSync(this.#fd);
    this.changes.notify();
  }

  #watch(path: string, logger: Logger): FSWatcher | null {
    const blind = (error: unknown) => {
      this.#pollMs = BLIND_POLL_MS;
      logger.warn({ path, error: String(error) }, 'The wake file cannot be watched; readers poll instead.');
    };
    try {
      const watcher = watch(path, { persistent: false }, () => this.changes.notify());
      watcher.on('error', blind);
      return watcher;
    } catch (error) {
      blind(error);
      return null;
    }
  }
}
