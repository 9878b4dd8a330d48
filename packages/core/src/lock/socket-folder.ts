import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

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
