import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it, level by level. Throws the error of the file system when something on the
 * way is no folder or cannot be written; nothing was made then, unless another process interfered. It stands in for a recursive
 * `mkdir`, which under /proc never ends in Node 20.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  const missing: string[] = [];
  let existing = resolve(folder);
  while (!(await isFolder(existing))) {
    missing.push(existing);
    existing = dirname(existing);
  }
  if (missing.length > 0) await access(existing, constants.W_OK | constants.X_OK);
  for (const path of missing.reverse()) {
    try {
      await mkdir(path, { mode });
    } catch (error) {
      // Another process that starts in the same moment may have made it.
      if (codeOf(error) !== 'EEXIST' || !(await isFolder(path))) throw error;
    }
  }
}

/** False when there is nothing. Throws `ENOTDIR` when it, or something above it, is no folder. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(`ENOTDIR: not a directory, '${path}'`), { code: 'ENOTDIR', path });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
