import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Spool } from '../bus/spool/spool.js';
import { parseSeriesKey } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import { acquireLock } from '../lock/acquire-lock.js';

/** Events that no running collector will publish. */
export interface WaitingSpool {
  readonly folder: string;
  readonly events: number;
  readonly symbols: readonly string[];
}

/** Spools beside `own` that hold events and that nobody has open: of collectors that were not started again with their symbols. */
export async function waitingSpools(own: string): Promise<readonly WaitingSpool[]> {
  const root = dirname(own);
  const found: WaitingSpool[] = [];
  for (const name of readdirSync(root)) {
    if (name === basename(own)) continue;
    const waiting = await look(join(root, name));
    if (waiting !== null) found.push(waiting);
  }
  return found;
}

async function look(folder: string): Promise<WaitingSpool | null> {
  const inUse = { code: 'DATA_FOLDER_LOCKED', message: `${folder} is in use.` } as const;
  const lock = await acquireLock({ path: join(folder, 'lock'), ...inUse }).catch((error) => {
    if (AlphaError.is(error, inUse.code)) return null;
    throw error;
  });
  if (lock === null) return null;
  try {
    const { leftover } = new Spool(folder, 0);
    if (leftover === null) return null;
    const symbols = [...new Set([...leftover.lastSeq.keys()].map((key) => parseSeriesKey(key).symbol))];
    return { folder, events: leftover.events, symbols: symbols.sort() };
  } finally {
    await lock.release();
  }
}
