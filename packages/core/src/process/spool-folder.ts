import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';
import { acquireLock, type Lock } from '../lock/acquire-lock.js';
import { makeFolder } from '../lock/make-folder.js';

export interface SpoolFolder {
  readonly folder: string;
  /** Gives it to the next. */
  readonly lock: Lock;
  /** Another collector of the same symbols has its own here: it runs, or is about to end. */
  readonly hasRival: boolean;
}

const MOST_AT_ONCE = 8;
/** Who merely looks at a folder (`waitingSpools`) has it for a moment. */
const LOOKS = 10;
const LOOK_MS = 100;

/**
 * The spool of a collector of these symbols: the same at every start, so that it finds what it left. While another collector of
 * the same symbols still has it (one takes over from the other), the next free one beside it. `root` is the data folder's.
 */
export async function takeSpoolFolder(
  root: string,
  { exchange, symbols }: { readonly exchange: string; readonly symbols: readonly string[] },
): Promise<SpoolFolder> {
  const hash = createHash('sha256').update(JSON.stringify(symbols.toSorted())).digest('hex').slice(0, 8);
  for (let number = 1; ; number++) {
    const folder = join(root, `${exchange}-${hash}${number === 1 ? '' : `-${number}`}`);
    await makeFolder(folder, 0o700);
    const message = `${MOST_AT_ONCE} collectors of ${exchange} with the same symbols use ${root}; stop all but one.`;
    for (let look = 1; ; look++) {
      try {
        const lock = await acquireLock({ path: join(folder, 'lock'), code: 'DATA_FOLDER_LOCKED', message });
        return { folder, lock, hasRival: number > 1 };
      } catch (error) {
        if (!AlphaError.is(error, 'DATA_FOLDER_LOCKED') || number === MOST_AT_ONCE) throw error;
      }
      if (number > 1 || look === LOOKS) break;
      await delay(LOOK_MS);
    }
  }
}
