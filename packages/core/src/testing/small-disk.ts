import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can be filled. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** From now on no file of the process grows. */
  fill(pid: number): void;
  /** There is room again. */
  free(pid: number): void;
}

const FILLER_BYTES = 64 * 1024;

/**
 * A file system in memory of its own, where mounting is allowed: full means ENOSPC. Elsewhere a temporary folder and a limit
 * on the size of files, which fails the same writes with EFBIG. Throws where neither can be had: then a full disk
 * cannot be tested.
 */
export function smallDisk(bytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'alpha-disk-'));
  if (mounts(path, bytes)) return mountedDisk(path);
  try {
    execFileSync('prlimit', ['--version']);
  } catch (cause) {
    rmSync(path, { recursive: true });
    throw new Error('A full disk needs the right to mount a tmpfs, or the program prlimit (util-linux): install it.', {
      cause,
    });
  }
  return limitedDisk(path);
}

function mounts(path: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function mountedDisk(path: string): SmallDisk {
  const fillers: string[] = [];
  return {
    path,
    fill() {
      for (let size = FILLER_BYTES; size > 0; size = size > 4096 ? 4096 : 0) {
        for (;;) {
          const filler = join(path, `filler-${fillers.length}`);
          fillers.push(filler);
          try {
            writeFileSync(filler, Buffer.alloc(size));
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code === 'ENOSPC') break;
            throw error;
          }
        }
      }
    },
    free() {
      for (const filler of fillers) rmSync(filler, { force: true });
    },
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['-l', path]);
      rmSync(path, { recursive: true });
    },
  };
}

function limitedDisk(path: string): SmallDisk {
  const limit = (pid: number, bytes: string) => execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  return {
    path,
    fill: (pid) => limit(pid, '1'),
    free: (pid) => limit(pid, 'unlimited'),
    async [Symbol.asyncDispose]() {
      rmSync(path, { recursive: true });
    },
  };
}
