import { existsSync } from 'node:fs';
import { connectEmbeddedDatabase, connectServerDatabase, readOwners } from '@alpha-engine/core/postgres';
import { executionBrain, prepareDataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { serverOptions } from './open-store.js';

/** Whether an engine trades this account right now, by the locks of the database, or by whether the embedded one is served. */
export async function executorRuns(config: Config): Promise<boolean> {
  const { databaseUrl, dataDir, exchange } = config;
  if (databaseUrl === undefined) {
    if (!existsSync(dataDir)) return false;
    const served = await connectEmbeddedDatabase({ folder: (await prepareDataFolder(dataDir)).database });
    await served?.close();
    return served !== null;
  }
  const server = await connectServerDatabase(serverOptions(config, databaseUrl));
  try {
    const brain = executionBrain(exchange);
    return (await readOwners(server.pool, [brain])).get(brain)?.owner !== null;
  } finally {
    await server.close();
  }
}
