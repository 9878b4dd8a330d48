import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Pool } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import { acquireLock, type Lock } from '../../lock/acquire-lock.js';
import { makeFolder } from '../../lock/make-folder.js';
import { removeSocket } from '../../lock/remove-socket.js';
import { makeSocketFolder, socketFolder } from '../../lock/socket-folder.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import { packageFolder } from './package-folder.js';

/** The client finds a Unix socket by this name in a folder. */
const SOCKET = '.s.PGSQL.5432';
const OPEN_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 15_000;
/** A database that fell silent must become an error: nothing here runs that long. */
const QUERY_TIMEOUT_MS = 60_000;

export interface EmbeddedDatabase {
  /** One connection; see `Database` for the rules. */
  readonly pool: Pool;
  readonly socketPath: string;
  /** Ends the pool and the database, and gives the folder free. Idempotent. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Made when missing. */
  readonly folder: string;
  readonly logger?: Logger;
  /** Wall milliseconds until opening is given up. Default 60 000. */
  readonly timeoutMs?: number;
}

/**
 * Owns the database in `folder`: PostgreSQL as WebAssembly in a worker thread, so that no query stops the trading loop,
 * behind a Unix socket that other processes of this user read through. It does not check by itself that it is alone, so
 * a lock does. A commit survives the kill of the process; PGlite never asks for a flush, so it may not survive a power cut
 * (docs/embedded.md). Throws `DATA_FOLDER_LOCKED` when another process owns it, `STORE_UNAVAILABLE` when it cannot be opened.
 */
export async function openEmbeddedDatabase(options: OpenOptions): Promise<EmbeddedDatabase> {
  const { logger = silentLogger, timeoutMs = OPEN_TIMEOUT_MS } = options;
  const folder = resolve(options.folder);
  await makeFolder(folder, 0o700).catch((cause: Error) => {
    throw new AlphaError('STORE_UNAVAILABLE', `The database cannot use ${folder}: ${cause.message}.`, { cause });
  });
  const lock = await acquireLock({
    path: join(folder, 'lock'),
    code: 'DATA_FOLDER_LOCKED',
    message: `The database in ${folder} is in use by another engine. Stop that one, or choose another data folder.`,
  });
  try {
    return await serve(folder, lock, logger, timeoutMs);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function serve(folder: string, lock: Lock, logger: Logger, timeoutMs: number): Promise<EmbeddedDatabase> {
  const socketPath = join(await makeSocketFolder(folder, SOCKET.length), SOCKET);
  // Left by a process that was killed; nobody else can be behind it, because we hold the lock.
  await removeSocket(socketPath);

  const files = join(packageFolder(), 'pglite');
  const worker = new Worker(join(files, 'worker.js'), {
    workerData: { dataFolder: join(folder, 'pgdata'), seed: join(files, 'seed.tar.gz'), socketPath },
    // Flags this process was started with (--input-type, --import) are none of the worker's business.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.stderr.on('data', (data: Buffer) => logger.warn({ output: data.toString() }, 'The embedded database said:'));
  worker.stdout.on('data', (data: Buffer) => logger.debug({ output: data.toString() }, 'The embedded database said:'));
  try {
    await answer(worker, 'ready', timeoutMs, `The database in ${folder} could not be opened`);
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  worker.on('error', (error) => logger.error({ error: error.message }, 'The embedded database failed.'));
  worker.unref();

  const pool = poolOn(socketPath, logger);
  let closed: Promise<void> | undefined;
  const close = async () => {
    // A database that fell silent must not keep the process from ending.
    if (!pool.ending) await Promise.race([pool.end(), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    worker.ref();
    const done = answer(worker, 'closed', CLOSE_TIMEOUT_MS, `The database in ${folder} could not be closed`);
    worker.postMessage('close');
    // The operating system has every commit already, as after a kill: a database that does not end in time is ended.
    await done.catch((error: Error) => logger.warn({ error: error.message }, 'The embedded database was ended.'));
    await worker.terminate();
    await removeSocket(socketPath);
    await lock.release();
  };
  return {
    pool,
    socketPath,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

/** Waits for one word of the worker; a failure it reports, its end and the time-out reject. */
function answer(worker: Worker, word: string, timeoutMs: number, failure: string): Promise<void> {
  return new Promise((done, fail) => {
    const settle = (reason?: string, cause?: unknown) => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      if (reason === undefined) done();
      else fail(new AlphaError('STORE_UNAVAILABLE', `${failure}: ${reason}.`, { cause }));
    };
    const onMessage = (message: { word?: string; error?: string }) => {
      if (message.error !== undefined) settle(message.error);
      else if (message.word === word) settle();
    };
    const onError = (error: Error) => settle(error.message, error);
    const onExit = () => settle('its thread ended');
    const timer = setTimeout(() => settle(`no answer within ${timeoutMs} ms`), timeoutMs);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

/**
 * Reads a database that another process of this host owns and serves. Answers null when nobody serves it. Close it soon:
 * while a transaction of ours is open, the owner waits.
 */
export async function connectEmbeddedDatabase(options: {
  readonly folder: string;
  readonly logger?: Logger;
}): Promise<{ readonly pool: Pool; close(): Promise<void> } | null> {
  const socketPath = join(socketFolder(options.folder, SOCKET.length), SOCKET);
  if (!(await answers(socketPath))) return null;
  const pool = poolOn(socketPath, options.logger ?? silentLogger);
  let closed: Promise<void> | undefined;
  return {
    pool,
    close() {
      closed ??= pool.ending ? Promise.resolve() : pool.end();
      return closed;
    },
  };
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(socketPath);
    socket.on('connect', () => {
      socket.destroy();
      answer(true);
    });
    socket.on('error', () => answer(false));
  });
}

/** One connection, because the database has one session: a second would see the first one's transaction. */
function poolOn(socketPath: string, logger: Logger): Pool {
  const pool = new Pool({
    host: socketPath.slice(0, -SOCKET.length - 1),
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 30_000,
    query_timeout: QUERY_TIMEOUT_MS,
  });
  pool.on('error', (error) => logger.warn({ error: error.message }, 'An idle database connection was lost.'));
  return pool;
}
