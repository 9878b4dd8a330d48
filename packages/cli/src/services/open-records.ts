import { existsSync } from 'node:fs';
import { AlphaError, type Store, silentLogger } from '@alpha-engine/core';
import {
  connectEmbeddedDatabase,
  connectServerDatabase,
  createPostgresStore,
  readOwners,
} from '@alpha-engine/core/postgres';
import { prepareDataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { lockDataFolder } from './data-folder.js';
import { openStore, serverOptions } from './open-store.js';

export interface Records {
  readonly store: Store;
  /** Whether an engine is serving the records right now; `unknown` on a database server. */
  readonly engine: 'running' | 'stopped' | 'unknown';
  /** Where they are, for people; no secrets. */
  readonly location: string;
  /** Who owns these brains and who waits for them; nobody, where engines do not share a database. */
  owners(brains: readonly string[]): ReturnType<typeof readOwners>;
  close(): Promise<void>;
}

/**
 * The records for reading: from the engine that is running, else from its folder, else from the database server. Throws
 * `STORE_EMPTY`, `STORE_OLDER_SCHEMA` or `STORE_NEWER_SCHEMA` where they are not those of this version.
 */
export async function openRecords(config: Config): Promise<Records> {
  if (config.databaseUrl !== undefined) {
    const server = await connectServerDatabase(serverOptions(config, config.databaseUrl));
    const location = new URL(config.databaseUrl.reveal()).host;
    const owners = (brains: readonly string[]) => readOwners(server.pool, brains);
    return { ...(await records(createPostgresStore(server.pool, {}), server, 'unknown', location)), owners };
  }
  const { dataDir } = config;
  if (!existsSync(dataDir)) {
    throw new AlphaError(
      'DATA_FOLDER_UNUSABLE',
      `There are no records in ${dataDir}: nothing ran here yet. Start \`alpha collect\` and \`alpha engine --strategy ma-cross\`, or name the folder with --data-dir.`,
      { context: { dataDir } },
    );
  }
  const places = await prepareDataFolder(dataDir);
  const served = await connectEmbeddedDatabase({ folder: places.database });
  if (served) return records(createPostgresStore(served.pool, {}), served, 'running', dataDir);
  const lock = await lockDataFolder(places);
  try {
    const { store, close } = await openStore(config, places, silentLogger);
    return {
      store,
      engine: 'stopped',
      location: dataDir,
      owners: nobody,
      close: async () => {
        await close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function records(
  store: Store,
  database: { close(): Promise<void> },
  engine: Records['engine'],
  location: string,
): Promise<Records> {
  const close = async () => {
    await store.close();
    await database.close();
  };
  try {
    await store.checkSchema();
  } catch (error) {
    await close();
    throw error;
  }
  return { store, engine, location, owners: nobody, close };
}

async function nobody(): ReturnType<typeof readOwners> {
  return new Map();
}
