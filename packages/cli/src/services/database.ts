import { existsSync } from 'node:fs';
import { AlphaError, silentLogger } from '@alpha-engine/core';
import {
  connectEmbeddedDatabase,
  connectServerDatabase,
  createPostgresStore,
  type DatabaseStatus,
  databaseStatus,
  openEmbeddedDatabase,
} from '@alpha-engine/core/postgres';
import { prepareDataFolder } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { Closers } from './closers.js';
import { lockDataFolder } from './data-folder.js';
import { serverOptions } from './open-store.js';

export interface DatabaseReport extends DatabaseStatus {
  /** For people; no secrets. */
  readonly location: string;
  /** Why the engine would refuse this schema; null where it would not. */
  readonly refused: string | null;
}

/** Changes nothing, the schema included. */
export function inspectDatabase(config: Config): Promise<DatabaseReport> {
  return withDatabase(config, async (pool, location) => {
    const found = await databaseStatus(pool);
    return { location, refused: await refusal(pool), ...found };
  });
}

/** An empty or an older schema is brought up to date, a newer one shows by its version. */
function refusal(pool: Pool): Promise<string | null> {
  return createPostgresStore(pool)
    .checkSchema()
    .then(
      () => null,
      (error: unknown) => {
        if (!AlphaError.is(error)) throw error;
        return error.code === 'STORE_MIGRATION_CHANGED' ? error.message : null;
      },
    );
}

export interface Migrated {
  readonly location: string;
  readonly from: number;
  readonly to: number;
  readonly applied: readonly { readonly version: number; readonly name: string }[];
}

export function migrateDatabase(config: Config): Promise<Migrated> {
  return withDatabase(config, async (pool, location) => {
    const before = await databaseStatus(pool);
    await createPostgresStore(pool).migrate();
    const { pending, version } = before.schema;
    return { location, from: version, to: (await databaseStatus(pool)).schema.version, applied: pending };
  });
}

type Pool = Parameters<typeof databaseStatus>[0];

async function withDatabase<Result>(
  config: Config,
  work: (pool: Pool, location: string) => Promise<Result>,
): Promise<Result> {
  const closers = new Closers();
  try {
    if (config.databaseUrl !== undefined) {
      const { pool, close } = await connectServerDatabase(serverOptions(config, config.databaseUrl));
      closers.add(close);
      return await work(pool, new URL(config.databaseUrl.reveal()).host);
    }
    const { dataDir } = config;
    if (!existsSync(dataDir)) {
      throw new AlphaError(
        'DATA_FOLDER_UNUSABLE',
        `There is no database in ${dataDir}: nothing ran here yet. Set DATABASE_URL, or name the folder with --data-dir.`,
        { context: { dataDir } },
      );
    }
    const places = await prepareDataFolder(dataDir);
    const served = await connectEmbeddedDatabase({ folder: places.database });
    if (served !== null) {
      closers.add(() => served.close());
      return await work(served.pool, dataDir);
    }
    const lock = await lockDataFolder(places);
    closers.add(() => lock.release());
    const opened = await openEmbeddedDatabase({ folder: places.database, logger: silentLogger });
    closers.add(() => opened.close());
    return await work(opened.pool, dataDir);
  } finally {
    await closers.close();
  }
}
