import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AlphaError } from '@alpha-engine/core';
import { type ArchiveReader, openFileArchive, openStoreArchive } from '@alpha-engine/core/archive';
import { connectServerDatabase, createPostgresStore } from '@alpha-engine/core/postgres';
import type { Config } from '../config/schema.js';
import { serverOptions } from './open-store.js';

export interface OpenArchive {
  readonly archive: ArchiveReader;
  /** For people; no secrets. */
  readonly location: string;
  close(): Promise<void>;
}

export function archiveFolder({ archiveDir, dataDir }: Config): string {
  return resolve(archiveDir ?? join(dataDir, 'archive'));
}

/** The archive for reading, wherever `alpha archive` writes it. */
export async function openArchive(config: Config): Promise<OpenArchive> {
  if (config.archiveTo === 'files' || config.databaseUrl === undefined) {
    const folder = archiveFolder(config);
    if (!existsSync(folder)) {
      throw new AlphaError(
        'ARCHIVE_UNAVAILABLE',
        `There is no archive in ${folder}. Start \`alpha archive\`, or name its folder with --archive-dir.`,
        { context: { folder } },
      );
    }
    return { archive: openFileArchive({ folder }), location: folder, close: async () => {} };
  }
  const { pool, close } = await connectServerDatabase(serverOptions(config, config.databaseUrl));
  const location = new URL(config.databaseUrl.reveal()).host;
  const store = createPostgresStore(pool);
  try {
    await store.checkSchema();
  } catch (error) {
    await close();
    throw error;
  }
  return { archive: openStoreArchive(store), location, close };
}
