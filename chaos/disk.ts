import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whose files lie on a disk of their own. */
export type DiskName = 'redis' | 'postgres' | 'archive' | 'spool';

/** More than a run writes; only what is written takes memory. */
const ROOM = '64g';
const ATTEMPTS = 50;

/** A disk that can be full for a while: a file system in memory, whose size is set to what is on it. */
export class Disk implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Throws where mounting is not allowed. */
  static async mount(): Promise<Disk> {
    const path = await mkdtemp(join(tmpdir(), 'alpha-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', path], { stdio: 'ignore' });
    } catch (error) {
      await rm(path, { recursive: true });
      throw error;
    }
    // A server that runs as another user must reach what is below.
    await chmod(path, 0o755);
    return new Disk(path);
  }

  /** From now on nothing more fits. */
  async fill(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { blocks, bfree, bsize } = await statfs(this.path);
      try {
        this.#resize(String((blocks - bfree) * bsize));
        return;
      } catch (error) {
        // Somebody wrote in between, and a disk cannot be smaller than what is on it.
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** There is room again. */
  free(): void {
    this.#resize(ROOM);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    execFileSync('umount', ['-l', this.path]);
    await rm(this.path, { recursive: true });
  }

  #resize(size: string): void {
    execFileSync('mount', ['-o', `remount,size=${size}`, this.path], { stdio: 'ignore' });
  }
}

/** Whether this user may mount: without that no disk can be filled. */
export async function canMount(): Promise<boolean> {
  try {
    await (await Disk.mount())[Symbol.asyncDispose]();
    return true;
  } catch {
    return false;
  }
}
