import { randomUUID } from 'node:crypto';
import { access, constants, open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AlphaError } from '../../errors/alpha-error.js';
import { makeFolder } from '../../lock/make-folder.js';

const MARKER = 'format.json';
const PRODUCT = 'alpha-market-engine bus';
/** Raised when an older version could no longer read what this one writes. */
const VERSION = 1;

/** What LMDB writes into its first page, and where. */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;

export interface BusFiles {
  readonly folder: string;
  readonly database: string;
  /** Touched after every change, so that other processes wake up. */
  readonly wake: string;
}

/**
 * Recognises the folder as a bus of ours, or makes an empty or missing one so (unless `readOnly`). Throws
 * `DATA_FOLDER_UNUSABLE` with nothing changed when it cannot be written, holds something else, or was written by a newer
 * version. Two processes may call it at once.
 */
export async function prepareBusFolder(folder: string, readOnly: boolean): Promise<BusFiles> {
  const path = resolve(folder);
  const marker = await readMarker(path);
  if (marker !== null) {
    checkMarker(path, marker);
    await assertWritable(path);
  } else if (readOnly) {
    throw unusable(path, `There is no bus in ${path}; start "alpha collect" first, or name the folder it uses.`);
  } else {
    await makeOurs(path);
  }
  const files = { folder: path, database: join(path, 'bus.mdb'), wake: join(path, 'wake') };
  if (!(await looksLikeLmdb(files.database))) {
    throw unusable(path, `${files.database} is not a database of ours; move it away, or choose another folder.`);
  }
  return files;
}

/** Whether the file is missing, empty or begins as LMDB writes it: the library crashes on anything else. */
async function looksLikeLmdb(database: string): Promise<boolean> {
  const head = Buffer.alloc(MAGIC_AT + 4);
  try {
    const file = await open(database, 'r');
    try {
      const { bytesRead } = await file.read(head, 0, head.length, 0);
      return bytesRead === 0 || (bytesRead === head.length && head.readUInt32LE(MAGIC_AT) === MAGIC);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw unusable(dirname(database), `${database} cannot be read; choose a folder this user owns.`, cause);
  }
}

async function readMarker(path: string): Promise<string | null> {
  try {
    return await readFile(join(path, MARKER), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unusable(path, `The bus folder ${path} cannot be read; choose a folder this user owns.`, cause);
  }
}

function checkMarker(path: string, marker: string): void {
  let found: { product?: unknown; version?: unknown };
  try {
    found = JSON.parse(marker);
  } catch (cause) {
    throw unusable(
      path,
      `${join(path, MARKER)} is not a bus marker of ours; choose an empty folder for the bus.`,
      cause,
    );
  }
  if (found?.product !== PRODUCT || typeof found.version !== 'number') {
    throw unusable(path, `${join(path, MARKER)} is not a bus marker of ours; choose an empty folder for the bus.`);
  }
  if (found.version > VERSION) {
    throw unusable(
      path,
      `The bus in ${path} has format version ${found.version}, and this version of Alpha Market Engine knows up to ${VERSION}; update it, or choose another folder.`,
    );
  }
}

async function makeOurs(path: string): Promise<void> {
  try {
    await makeFolder(path);
    const foreign = (await readdir(path)).filter((name) => !name.startsWith(MARKER));
    if (foreign.length > 0 && (await readMarker(path)) === null) {
      throw unusable(
        path,
        `The folder ${path} is not empty and holds no bus of ours (${foreign[0]}); choose an empty folder for the bus.`,
      );
    }
    const draft = join(path, `${MARKER}.${randomUUID()}`);
    await writeFile(draft, `${JSON.stringify({ product: PRODUCT, version: VERSION })}\n`);
    await rename(draft, join(path, MARKER));
  } catch (cause) {
    if (AlphaError.is(cause)) throw cause;
    throw unusable(path, `The bus folder ${path} cannot be written; choose a folder this user may write.`, cause);
  }
}

async function assertWritable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(path, `The bus folder ${path} cannot be written; choose a folder this user may write.`, cause);
  }
}

export function unusable(folder: string, message: string, cause?: unknown): AlphaError {
  return new AlphaError('DATA_FOLDER_UNUSABLE', message, { context: { folder }, cause });
}
