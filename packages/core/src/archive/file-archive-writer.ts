import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AlphaError } from '../errors/alpha-error.js';
import type { AlphaEvent } from '../events/event.js';
import { acquireLock, type Lock } from '../lock/acquire-lock.js';
import { makeFolder } from '../lock/make-folder.js';
import { DAY_MS, dayOf, startOfDay } from '../store/raw-events.js';
import type { ArchiveWriter } from './archive.js';
import { isDayFolder } from './segment-path.js';
import { SegmentWriter } from './segment-writer.js';

const FLUSHES_AT_ONCE = 8;

/**
 * Writes the files of docs/archive.md below `folder`. Holds a lock, which the end of the process releases. Throws
 * `ARCHIVE_LOCKED` when another process writes there, `ARCHIVE_UNAVAILABLE` when the folder cannot be written.
 */
export async function openFileArchiveWriter(options: { readonly folder: string }): Promise<ArchiveWriter> {
  const folder = resolve(options.folder);
  await makeFolder(folder).catch((error: unknown) => fail(folder, error));
  const lock = await acquireLock({
    path: join(folder, 'lock'),
    code: 'ARCHIVE_LOCKED',
    message: `Another process writes the archive in ${folder}. Stop that one, or choose another folder.`,
  });
  return new FileArchiveWriter(folder, lock);
}

class FileArchiveWriter implements ArchiveWriter {
  readonly #folder: string;
  readonly #lock: Lock;
  /** By day and series; the key begins with the day. */
  readonly #segments = new Map<string, SegmentWriter>();
  readonly #days = new Map<number, string>();
  #newestDay = '';
  #added = 0;

  constructor(folder: string, lock: Lock) {
    this.#folder = folder;
    this.#lock = lock;
  }

  async add(events: readonly AlphaEvent[]): Promise<void> {
    try {
      for (const event of events) {
        const key = `${this.#dayOf(event.ts)}|${event.exchange}|${event.type}|${event.symbol}`;
        const segment = this.#segments.get(key) ?? (await this.#open(key, event));
        if (segment.beganAgain(event)) {
          await segment.flush();
          segment.nextPart();
        }
        if (segment.add(event)) this.#added++;
      }
    } catch (error) {
      fail(this.#folder, error);
    }
  }

  async flush(): Promise<number> {
    const due = [...this.#segments].filter(([, segment]) => segment.hasWaiting);
    const next = due.values();
    const work = async () => {
      for (const [, segment] of next) await segment.flush();
    };
    const outcomes = await Promise.allSettled(Array.from({ length: FLUSHES_AT_ONCE }, work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') fail(this.#folder, outcome.reason);
    this.#forgetOldDays();
    const added = this.#added;
    this.#added = 0;
    return added;
  }

  async dropBefore(ts: number): Promise<number> {
    let dropped = 0;
    try {
      for (const exchange of await foldersIn(this.#folder)) {
        for (const symbol of await foldersIn(join(this.#folder, exchange))) {
          for (const day of await foldersIn(join(this.#folder, exchange, symbol))) {
            if (!isDayFolder(day) || startOfDay(day) + DAY_MS > ts) continue;
            await rm(join(this.#folder, exchange, symbol, day), { recursive: true, force: true });
            dropped++;
          }
        }
      }
    } catch (error) {
      fail(this.#folder, error);
    }
    this.#segments.clear();
    return dropped;
  }

  async close(): Promise<void> {
    await this.#lock.release();
  }

  async #open(key: string, { exchange, symbol, type, ts }: AlphaEvent): Promise<SegmentWriter> {
    const day = this.#dayOf(ts);
    const segment = await SegmentWriter.open(this.#folder, { exchange, symbol, type, day });
    this.#segments.set(key, segment);
    if (day > this.#newestDay) this.#newestDay = day;
    return segment;
  }

  /** Writing a day down costs more than everything else that is done with an event. */
  #dayOf(ts: number): string {
    const number = Math.floor(ts / DAY_MS);
    const known = this.#days.get(number);
    if (known !== undefined) return known;
    const day = dayOf(ts);
    this.#days.set(number, day);
    return day;
  }

  /** Late events of yesterday still come; a day before that is opened again when one does. */
  #forgetOldDays(): void {
    if (this.#newestDay === '') return;
    const oldest = dayOf(startOfDay(this.#newestDay) - DAY_MS);
    for (const key of this.#segments.keys()) if (key.slice(0, oldest.length) < oldest) this.#segments.delete(key);
  }
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Disk full, no permission, a folder that went away: the same call may succeed once somebody looked after it. */
function fail(folder: string, error: unknown): never {
  if (AlphaError.is(error)) throw error;
  const { code, message } = error as NodeJS.ErrnoException;
  throw new AlphaError(
    'ARCHIVE_UNAVAILABLE',
    `The archive in ${folder} cannot be written: ${message}. Check the disk and the permissions of the folder.`,
    { context: { folder, code }, cause: error, retryable: true },
  );
}
