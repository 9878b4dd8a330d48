// @ts-check
/*
 * The thread of the embedded database. It owns the PGlite instance and the server on the Unix socket; it ends when told
 * `close` or with its process. Plain JavaScript, used as it stands from sources, builds and installs alike.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { unpackSeed } from './unpack-seed.js';
import { startUpkeep } from './upkeep.js';

const POSTGRES_VERSION = '18';
const MAX_CLIENTS = 32;
/** Taken whole at the start; the default of 128 MB would be more than all the rest of the process. */
const BUFFERS = ['-c', 'shared_buffers=16MB', '-c', 'wal_buffers=1MB'];
/** Its segments of 16 MB are used again: making one anew takes longer, and on a full disk ends the database. */
const LOG = ['-c', 'min_wal_size=32MB', '-c', 'max_wal_size=48MB'];

/** @type {{ dataFolder: string, seed: string, socketPath: string }} */
const { dataFolder, seed, socketPath } = workerData;
const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

try {
  if (!existsSync(dataFolder) && existsSync(seed)) await unpackSeed(seed, dataFolder);
  else assertDatabase(dataFolder);
  const db = await PGlite.create({
    dataDir: dataFolder,
    startParams: [...PGlite.defaultStartParams, ...BUFFERS, ...LOG],
  });
  const server = new PGLiteSocketServer({ db, path: socketPath, maxConnections: MAX_CLIENTS });
  await server.start();
  const upkeep = startUpkeep(db, (error) => console.error(`Upkeep failed: ${error}`));
  port.on('message', async () => {
    await server.stop();
    await upkeep.stop();
    await db.close();
    port.postMessage({ word: 'closed' });
  });
  port.postMessage({ word: 'ready' });
} catch (error) {
  port.postMessage({ error: error instanceof Error ? error.message : String(error) });
}

/**
 * What is there must be a database of this version: PGlite would write a new one over anything else.
 * @param {string} folder
 */
function assertDatabase(folder) {
  if (!existsSync(folder)) return;
  const marker = join(folder, 'PG_VERSION');
  const version = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : undefined;
  if (version === POSTGRES_VERSION) return;
  throw new Error(
    version === undefined
      ? `${folder} holds no database; move it away, or choose another data folder`
      : `it is of PostgreSQL ${version}, and this version reads ${POSTGRES_VERSION}`,
  );
}
