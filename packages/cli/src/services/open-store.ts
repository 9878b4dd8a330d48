import type { Logger, Store } from '@alpha-engine/core';
import { connectServerDatabase, createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import type { Config } from '../config/schema.js';

/** The engine's own database: the server of DATABASE_URL, or the embedded one, which it then serves to other commands. */
export async function openStore(config: Config, logger: Logger): Promise<{ store: Store; close(): Promise<void> }> {
  const database =
    config.databaseUrl === undefined
      ? await openEmbeddedDatabase({ folder: config.dataDir, logger })
      : await connectServerDatabase({ url: config.databaseUrl.reveal() });
  try {
    const store = createPostgresStore(database.pool, { logger });
    await store.migrate();
    return {
      store,
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
