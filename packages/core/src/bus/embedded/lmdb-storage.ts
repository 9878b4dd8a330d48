import { statfsSync } from 'node:fs';
import { open, type RootDatabase, type TransactionFlags } from 'lmdb';
import { AlphaError } from '../../errors/alpha-error.js';
import type { BusStorage, ChangeSource, ReadTables, WriteTables } from '../storage.js';
import { DiskSpeed } from './disk-speed.js';
import { LmdbTables } from './lmdb-tables.js';
import type { WakeFile } from './wake-file.js';

/**
 * `TransactionFlags` that the library declares and does not export: taken back when it throws (1), committed and flushed
 * before the call returns (2), visible to others before the flush (0x10000), which a power cut takes back whole.
 */
const COMMIT_HERE = 0x10003 as TransactionFlags;

export function openLmdb(database: string): RootDatabase {
  return open(database, { noSubdir: true, maxDbs: 4, encoding: 'json' });
}

interface Job {
  readonly work: (tables: WriteTables) => unknown;
  readonly until: 'durable' | 'visible';
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Tables in an LMDB file shared by processes. Everything asked for in one turn of the event loop, or while a transaction
 * runs, goes into the next one together. Readers, here and elsewhere, are woken when a transaction is visible; the writer
 * is answered when it has reached the disk.
 */
export class LmdbStorage implements BusStorage {
  readonly #root: RootDatabase;
  readonly #tables: LmdbTables;
  readonly #wake: WakeFile;
  readonly #folder: string;
  readonly #disk: DiskSpeed;
  #queue: Job[] = [];
  #pump: Promise<void> | null = null;

  constructor(root: RootDatabase, wake: WakeFile, folder: string, disk = new DiskSpeed()) {
    this.#root = root;
    this.#folder = folder;
    this.#disk = disk;
    this.#tables = new LmdbTables(root);
    this.#wake = wake;
  }

  get changes(): ChangeSource {
    return this.#wake.changes;
  }

  get pollMs(): number {
    return this.#wake.pollMs;
  }

  now(): number {
    return Date.now();
  }

  read<T>(work: (tables: ReadTables) => T): T {
    // The library keeps one snapshot for a whole turn of the event loop; a woken reader needs the latest.
    this.#root.resetReadTxn();
    return work(this.#tables);
  }

  write<T>(work: (tables: WriteTables) => T, until: 'durable' | 'visible' = 'durable'): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, until, resolve: resolve as (value: unknown) => void, reject });
      this.#pump ??= this.#run();
    });
  }

  async close(): Promise<void> {
    while (this.#pump) await this.#pump;
    // What failed was told to those who wrote it.
    await Promise.resolve(this.#root.flushed).catch(() => {});
    this.#wake.close();
    await this.#root.close();
  }

  async #run(): Promise<void> {
    // Calls of the same turn share a transaction.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      const jobs = this.#queue;
      this.#queue = [];
      try {
        if (this.#disk.isFast()) this.#commitHere(jobs);
        else await this.#commitBehind(jobs);
      } catch (cause) {
        // Tried here next: the library prints what fails on its own thread, each time.
        this.#disk.failed();
        const error = cannotWrite(this.#folder, cause);
        for (const { reject } of jobs) reject(error);
      }
    }
    this.#pump = null;
  }

  /** On this thread, to the disk and all: nothing is quicker, or less disturbed by a busy machine, while flushing is cheap. */
  #commitHere(jobs: readonly Job[]): void {
    let workedAt = 0;
    const answers = this.#root.transactionSync(() => {
      const done = jobs.map((job) => this.#step(job));
      workedAt = performance.now();
      return done;
    }, COMMIT_HERE);
    this.#disk.took(performance.now() - workedAt);
    this.#announce(jobs);
    for (const answer of answers) answer();
  }

  /** On a thread of the library: this one goes on while the disk flushes. */
  async #commitBehind(jobs: readonly Job[]): Promise<void> {
    const committing = this.#root.childTransaction(() => jobs.map((job) => this.#step(job)));
    // The library makes another promise of the same commit in its own immediate, before this one, and drops it: unhandled
    // when the commit fails.
    setImmediate(() => void this.#root.committed.then(undefined, () => {}));
    const answers = await committing.catch(withReason);
    this.#root.flushed.then(
      () => {
        for (const answer of answers) answer();
      },
      (cause) => {
        this.#disk.failed();
        for (const { reject } of jobs) reject(cannotWrite(this.#folder, cause));
      },
    );
    this.#announce(jobs);
    jobs.forEach(({ until }, index) => {
      if (until === 'visible') answers[index]!();
    });
  }

  /** What is answered when visible is a group's own bookkeeping: nobody waits for it. */
  #announce(jobs: readonly Job[]): void {
    if (jobs.some(({ until }) => until === 'durable')) this.#wake.touch();
  }

  /** A refusal concerns its own call, which has written nothing; any other fault takes the whole transaction back. */
  #step({ work, resolve, reject }: Job): () => void {
    try {
      const value = work(this.#tables);
      return () => resolve(value);
    } catch (error) {
      if (!AlphaError.is(error)) throw error;
      return () => reject(error);
    }
  }
}

/** The library tells why a commit on its thread failed in a second promise, which nobody else looks at. */
async function withReason(error: Error & { commitError?: Promise<never> }): Promise<never> {
  if (error.commitError !== undefined) await error.commitError;
  throw error;
}

/** LMDB calls a full disk an input/output error, so what is free there is said too. */
function cannotWrite(folder: string, cause: unknown): AlphaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AlphaError(
    'DATA_FOLDER_UNUSABLE',
    `The bus could not write to its folder ${folder} (${reason}; ${freeSpace(folder)}); free some space on that disk, and check that this user may write there.`,
    { context: { folder }, cause, retryable: true },
  );
}

function freeSpace(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return `${((bavail * bsize) / 1e6).toFixed(1)} MB are free`;
  } catch (error) {
    return `its disk does not answer: ${error instanceof Error ? error.message : error}`;
  }
}
