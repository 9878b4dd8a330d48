import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { WriterId } from '../bus/event-bus.js';
import { Spool } from '../bus/spool/spool.js';
import { parseSeriesKey } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import { acquireLock, type Lock } from '../lock/acquire-lock.js';

/** Events that no running collector will publish. */
export interface WaitingSpool {
  readonly folder: string;
  readonly events: number;
  readonly exchanges: readonly string[];
  readonly symbols: readonly string[];
  /** Who gave them their numbers. */
  readonly writer: WriterId;
}

/** Spools beside `own` that hold events and that nobody has open: of collectors that were not started again in the same folder. */
export async function waitingSpools(own: string): Promise<readonly WaitingSpool[]> {
  const root = dirname(own);
  const found: WaitingSpool[] = [];
  for (const name of readdirSync(root)) {
    if (name === basename(own)) continue;
    const folder = join(root, name);
    const lock = await lockSpool(folder);
    if (lock === null) continue;
    try {
      const waiting = lookInto(folder);
      if (waiting !== null) found.push(waiting);
    } finally {
      await lock.release();
    }
  }
  return found;
}

/** Null when a collector has it. */
export async function lockSpool(folder: string): Promise<Lock | null> {
  const inUse = { code: 'DATA_FOLDER_LOCKED', message: `${folder} is in use.` } as const;
  return acquireLock({ path: join(folder, 'lock'), ...inUse }).catch((error) => {
    if (AlphaError.is(error, inUse.code)) return null;
    throw error;
  });
}

/** What waits in a spool whose lock is held; null when nothing does. */
export function lookInto(folder: string): WaitingSpool | null {
  const { leftover } = new Spool(folder, 0);
  if (leftover === null) return null;
  const series = [...leftover.lastSeq.keys()].map(parseSeriesKey);
  const names = (each: readonly string[]) => [...new Set(each)].sort();
  return {
    folder,
    events: leftover.events,
    exchanges: names(series.map(({ exchange }) => exchange)),
    symbols: names(series.map(({ symbol }) => symbol)),
    writer: leftover.writer,
  };
}
