import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { AlphaError } from '../errors/alpha-error.js';

/** The kernel allows 107 bytes on Linux and 103 on macOS. */
const LONGEST = 100;

/**
 * A folder in which sockets named with up to `nameBytes` bytes fit: the folder itself, or, when its path is too long for a
 * Unix socket, a short one under the temporary directory that every process of this user computes alike.
 */
export function socketFolder(folder: string, nameBytes: number): string {
  const path = resolve(folder);
  if (Buffer.byteLength(path) + 1 + nameBytes <= LONGEST) return path;
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `alpha-${userInfo().uid}-${hash}`);
}

/** Makes that folder when it is a short one. Throws `DATA_FOLDER_UNUSABLE` when another user was there first. */
export async function makeSocketFolder(folder: string, nameBytes: number): Promise<string> {
  const path = socketFolder(folder, nameBytes);
  if (path === resolve(folder)) return path;
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== userInfo().uid) {
    throw new AlphaError(
      'DATA_FOLDER_UNUSABLE',
      `${path} belongs to another user, and ${folder} is too long for a socket. Choose a data folder with a shorter path.`,
      { context: { folder, path } },
    );
  }
  return path;
}
