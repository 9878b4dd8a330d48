import type { BrainLocks, Logger, Store } from '@alpha-engine/core';
import {
  connectServerDatabase,
  createPostgresStore,
  openEmbeddedDatabase,
  type ServerOptions,
} from '@alpha-engine/core/postgres';
import type { DataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import type { Secret } from '../config/secret.js';

/** How this installation speaks to its database server. */
export function serverOptions(config: Config, url: Secret, logger?: Logger): ServerOptions {
  const { databaseConnections: connections, databaseTimeoutMs: timeoutMs } = config;
  return { url: url.reveal(), connections, timeoutMs, ...(logger && { logger }) };
}

/**
 * The engine's own database: the server of DATABASE_URL with its locks, or the embedded one, which it then serves to other
 * commands.
 */
export async function openStore(
  config: Config,
  { database: folder }: DataFolder,
  logger: Logger,
): Promise<{ readonly store: Store; readonly locks: BrainLocks | undefined; close(): Promise<void> }> {
  const database =
    config.databaseUrl === undefined
      ? { ...(await openEmbeddedDatabase({ folder, logger })), locks: undefined }
      : await connectServerDatabase(serverOptions(config, config.databaseUrl, logger));
  try {
    const store = createPostgresStore(database.pool, { logger });
    await store.migrate();
    return {
      store,
      locks: database.locks,
      close: async () => {
        await store.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
