import { randomUUID } from 'node:crypto';
import { access, constants, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AlphaError } from '../errors/alpha-error.js';
import { makeFolder } from '../lock/make-folder.js';
import { accountHash } from './claims.js';

const MARKER = 'alpha.json';
const PRODUCT = 'alpha-market-engine';
const FORMAT = 1;

export interface DataFolder {
  /** Absolute. */
  readonly folder: string;
  /** For `openEmbeddedBus`. */
  readonly bus: string;
  /** For `openEmbeddedDatabase` and `connectEmbeddedDatabase`. */
  readonly database: string;
  /** For `takeSpoolFolder`. */
  readonly spool: string;
  /** For `acquireLock`: held by the one engine of the folder. */
  readonly lock: string;
}

/**
 * Makes the folder ours, or recognises that it is. Throws `DATA_FOLDER_UNUSABLE`, with nothing changed, when it cannot be
 * written, holds something that is not ours, or was written by a newer version. Two processes may call it at once.
 */
export async function prepareDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder);
  await make(path);
  const marker = await readMarker(path);
  if (marker === undefined) await claim(path);
  else check(path, marker);
  const places = {
    folder: path,
    bus: join(path, 'bus'),
    database: join(path, 'database'),
    spool: join(path, 'spool'),
    lock: join(path, 'lock'),
  };
  await make(places.bus);
  await make(places.database);
  await make(places.spool);
  return places;
}

async function make(path: string): Promise<void> {
  try {
    await makeFolder(path, 0o700);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(
      path,
      `The data folder ${path} cannot be written (${codeOf(cause)}). Choose another or change its owner.`,
      cause,
    );
  }
}

async function readMarker(path: string): Promise<string | undefined> {
  try {
    return await readFile(join(path, MARKER), 'utf8');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw unusable(path, `${join(path, MARKER)} cannot be read (${codeOf(cause)}). Choose another data folder.`, cause);
  }
}

function check(path: string, marker: string): void {
  let content: { product?: unknown; format?: unknown } | null;
  try {
    content = JSON.parse(marker);
  } catch {
    content = null;
  }
  if (content === null || content.product !== PRODUCT || typeof content.format !== 'number') {
    throw unusable(
      path,
      `${path} holds an ${MARKER} that Alpha Market Engine did not write. Choose another data folder.`,
    );
  }
  if (content.format > FORMAT) {
    throw unusable(
      path,
      `${path} has data format ${content.format}, and this version knows up to ${FORMAT}. ` +
        'Install the newer version that wrote it, or choose another data folder.',
    );
  }
}

async function claim(path: string): Promise<void> {
  const foreign = (await readdir(path)).filter((name) => !name.startsWith(MARKER));
  if (foreign.length > 0) {
    // A process that started in the same moment may have claimed the folder between our two looks.
    const marker = await readMarker(path);
    if (marker !== undefined) return check(path, marker);
    throw unusable(
      path,
      `${path} is not empty and not a data folder of Alpha Market Engine (it holds ${foreign[0]}). Choose an empty folder.`,
    );
  }
  // Whole or not at all, also when the process is killed here.
  const draft = join(path, `${MARKER}.${randomUUID()}`);
  try {
    await writeFile(draft, `${JSON.stringify({ product: PRODUCT, format: FORMAT })}\n`);
    await rename(draft, join(path, MARKER));
  } catch (cause) {
    throw unusable(
      path,
      `The data folder ${path} cannot be written (${codeOf(cause)}). Choose another or free some space.`,
      cause,
    );
  }
}

/**
 * Where the lock of a trading account lies: in the user's state directory, under a hash, so that two data folders cannot
 * trade one account and the key cannot be read from it. Makes the directory. `environment` is the process's.
 */
export async function accountLockPath(
  { exchange, apiKey }: { readonly exchange: string; readonly apiKey: string },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const state = environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local', 'state');
  const folder = join(state, 'alpha');
  try {
    await makeFolder(folder, 0o700);
  } catch (cause) {
    throw unusable(
      folder,
      `The account lock needs ${folder}, which cannot be made (${codeOf(cause)}). Set XDG_STATE_HOME to a folder of yours.`,
      cause,
    );
  }
  return join(folder, `account-${accountHash(exchange, apiKey)}`);
}

function unusable(folder: string, sentence: string, cause?: unknown): AlphaError {
  return new AlphaError('DATA_FOLDER_UNUSABLE', sentence, { context: { folder }, cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
