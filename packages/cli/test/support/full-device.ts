import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A device that takes nothing, because it is full: one of our own where this user may make one, else the machine's. */
export function fullDevice(folder: string): string {
  const own = join(folder, 'full');
  try {
    execFileSync('mknod', ['-m', '666', own, 'c', '1', '7'], { stdio: 'ignore' });
  } catch {
    return machines();
  }
  return isFull(own) ? own : machines();
}

function machines(): string {
  if (statSync('/dev/full', { throwIfNoEntry: false })?.isCharacterDevice() === true) return '/dev/full';
  throw new Error('/dev/full of this machine is no device: make it with mknod -m 666 /dev/full c 1 7.');
}

/** Where a file system allows no devices, it is there and cannot be opened. */
function isFull(path: string): boolean {
  try {
    writeFileSync(path, 'x', { flag: 'r+' });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOSPC';
  }
}
