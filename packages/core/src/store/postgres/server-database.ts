import { Pool } from 'pg';
import { AlphaError } from '../../errors/alpha-error.js';
import { type Logger, silentLogger } from '../../telemetry/logger.js';
import { toStoreError } from './pg-error.js';

const OLDEST = 150_000;
const QUERY_TIMEOUT_MS = 60_000;

/**
 * Connects to a PostgreSQL server (≥ 15). Throws `CONFIG_INVALID` for an address that is none, `STORE_UNAVAILABLE` when
 * nobody answers there, `STORE_FAILED` when the server is too old. The address is never shown: it holds a password.
 */
export async function connectServerDatabase(options: {
  readonly url: string;
  readonly logger?: Logger;
}): Promise<{ readonly pool: Pool; close(): Promise<void> }> {
  const { url, logger = silentLogger } = options;
  if (!/^postgres(ql)?:\/\/./.test(url)) {
    throw new AlphaError('CONFIG_INVALID', 'DATABASE_URL must look like postgres://user:password@host:5432/database.');
  }
  const pool = new Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 10_000,
    query_timeout: QUERY_TIMEOUT_MS,
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
  } catch (error) {
    await close();
    throw toStoreError(error);
  }
  return { pool, close };
}
