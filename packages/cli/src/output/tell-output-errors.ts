import { AlphaError } from '@alpha-engine/core';
import { printFailure } from './failure.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'that disk takes no writes',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'files may not grow that large there',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENXIO: 'nobody reads there',
};

/** `what` completes "… cannot be written". */
export function unwritable(what: string, cause: unknown): AlphaError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new AlphaError('OUTPUT_UNWRITABLE', `${what} cannot be written: ${REASONS[code ?? ''] ?? message}.`, {
    cause,
  });
}

/** Ends the process in one sentence when stdout fails. A reader that left, such as `head`, is no failure. */
export function tellOutputErrors(json: () => boolean): void {
  // oclif throws what it finds here, which prints a stack.
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.exit(printFailure(unwritable('The output', error), json(), false).exit);
  });
}
