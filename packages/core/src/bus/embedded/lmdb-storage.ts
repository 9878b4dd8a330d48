import type { RootDatabase } from 'lmdb';
import { AlphaError } from '../../errors/alpha-error.js';
import type { BusStorage, ChangeSource, ReadTables, WriteTables } from '../storage.js';
import { LmdbTables } from './lmdb-tables.js';
import type { WakeFile } from './wake-file.js';

interface Job {
  readonly work: (tables: WriteTables) => unknown;
  readonly until: 'durable' | 'visible';
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Tables in an LMDB file shared by processes. Everything asked for while a transaction runs goes into the next one
 * together. Readers, here and elsewhere, are woken when a transaction is visible; the writer is answered when it has
 * reached the disk.
 */
export class LmdbStorage implements BusStorage {
  readonly #root: RootDatabase;
  readonly #tables: LmdbTables;
  readonly #wake: WakeFile;
  #queue: Job[] = [];
  #pump: Promise<void> | null = null;

  constructor(root: RootDatabase, wake: WakeFile) {
    this.#root = root;
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
    await this.#root.flushed;
    this.#wake.close();
    await this.#root.close();
  }

  async #run(): Promise<void> {
    // Calls of the same turn share the first transaction.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const jobs = this.#queue;
      this.#queue = [];
      await this.#commit(jobs);
    }
    this.#pump = null;
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    let answers: (() => void)[];
    try {
      answers = await this.#root.childTransaction(() => jobs.map((job) => this.#step(job)));
    } catch (cause) {
      const error = new AlphaError(
        'DATA_FOLDER_UNUSABLE',
        `The bus could not write to its folder (${cause instanceof Error ? cause.message : cause}); check the free space and permissions there.`,
        { cause, retryable: true },
      );
      for (const { reject } of jobs) reject(error);
      return;
    }
    void this.#root.flushed.then(() => {
      for (const answer of answers) answer();
    });
    this.#wake.touch();
    jobs.forEach(({ until }, index) => {
      if (until === 'visible') answers[index]!();
    });
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
