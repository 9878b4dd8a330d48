import { unlink } from 'node:fs/promises';

/**
 * Removes a socket that may be gone already. Not by `rm`: after that removed the socket of a dead process, Node 20.20 resolves no
 * symbolic link of a module any more, and whatever is imported later is not found.
 */
export async function removeSocket(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
