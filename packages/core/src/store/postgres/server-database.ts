import { Pool } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import type { BrainLocks } from '../brain-locks.js';
import { toStoreError } from './pg-error.js';
import { connectServerLocks } from './server-locks.js';

const OLDEST = 150_000;
const CONNECTIONS = 4;
const TIMEOUT_MS = 30_000;
const LOCK_PATIENCE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** The server ends a statement first and says why; this ends one whose server fell silent. */
const SILENCE_MS = 5000;

export interface ServerOptions {
  readonly url: string;
  readonly logger?: Logger;
  /** Most connections at once. Default 4: a brain needs one, the log and a command one each. */
  readonly connections?: number;
  /** What a statement, or a wait for a lock, may take; wall milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
  /** How long the server waits for word from an engine before it gives its locks to a standby; wall milliseconds. Default 15 000. */
  readonly lockPatienceMs?: number;
}

/**
 * Connects to a PostgreSQL server (≥ 15). Throws `CONFIG_INVALID` for an address that is none, `STORE_UNAVAILABLE` when
 * nobody answers there, `STORE_FAILED` when the server is too old. The address is never shown: it holds a password.
 */
export async function connectServerDatabase(
  options: ServerOptions,
): Promise<{ readonly pool: Pool; readonly locks: BrainLocks; close(): Promise<void> }> {
  const { logger = silentLogger, connections = CONNECTIONS, timeoutMs = TIMEOUT_MS } = options;
  const { lockPatienceMs = LOCK_PATIENCE_MS } = options;
  const url = checkedTls(options.url);
  if (!/^postgres(ql)?:\/\/./.test(url)) {
    throw new AlphaError('CONFIG_INVALID', 'DATABASE_URL must look like postgres://user:password@host:5432/database.');
  }
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    // A process that was stopped inside a commit holds the row that its successor has to write.
    idle_in_transaction_session_timeout: lockPatienceMs,
    query_timeout: timeoutMs + SILENCE_MS,
    keepAlive: true,
    application_name: 'alpha',
  });
  pool.on('error', (error) => logger.warn({ error: error.message }, 'An idle database connection was lost.'));
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= pool.ending ? Promise.resolve() : pool.end();
    return closed;
  };
  try {
    const { rows } = await pool.query<{ server_version_num: string }>('SHOW server_version_num');
    const version = Number(rows[0]!.server_version_num);
    if (version < OLDEST) {
      throw new AlphaError(
        'STORE_FAILED',
        `The PostgreSQL server is version ${Math.floor(version / 10_000)}; 15 or newer is needed.`,
        { context: { version } },
      );
    }
    return { pool, locks: await connectServerLocks(pool, url, lockPatienceMs), close };
  } catch (error) {
    await close();
    throw toStoreError(error);
  }
}

/** The driver checks certificates for each of these words, and warns on stderr that it may not do so for ever. */
function checkedTls(url: string): string {
  if (url.includes('uselibpqcompat=')) return url;
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}
