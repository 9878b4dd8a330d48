import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EpochMs } from '../events/common.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';

interface Record {
  readonly times: number;
  /** Of the last time; wall time. */
  readonly at: EpochMs;
}

interface Place {
  readonly folder: string;
  readonly wallClock: Clock;
  readonly logger: Logger;
}

const FORGOTTEN_AFTER_MS = 3_600_000;
const LONGEST_PAUSE_MS = 300_000;

/** Notes that another collector took over from this one. A disk that does not take the note costs the next start its pause. */
export function noteTakeover({ folder, wallClock, logger }: Place): void {
  const at = wallClock.now();
  const times = recent(folder, at) + 1;
  try {
    writeFileSync(pathOf(folder), JSON.stringify({ times, at } satisfies Record), { mode: 0o600 });
  } catch (error) {
    logger.warn({ error: String(error) }, 'That another collector took over could not be noted on disk.');
  }
}

/**
 * Two collectors of the same symbols, each started again whenever the other took over, would take the symbols from each other
 * without end. One that was overtaken within the hour therefore says so as an error, and waits before it takes them back: a
 * second, two, four, up to five minutes. Returns early when `signal` aborts.
 */
export async function pauseAfterTakeovers({ folder, wallClock, logger }: Place, signal: AbortSignal): Promise<void> {
  const times = recent(folder, wallClock.now());
  if (times === 0) return;
  const pauseMs = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** (times - 1));
  logger.error(
    { times, pauseMs },
    'Another collector took over from this one within the last hour: two are started for the same symbols. Stop one of them; this one takes the symbols back after a pause.',
  );
  await delay(pauseMs, undefined, { signal }).catch(() => {});
}

function recent(folder: string, now: EpochMs): number {
  try {
    const { times, at } = JSON.parse(readFileSync(pathOf(folder), 'utf8')) as Record;
    return now - at < FORGOTTEN_AFTER_MS ? times : 0;
  } catch {
    // It never happened.
    return 0;
  }
}

function pathOf(folder: string): string {
  return join(folder, 'takeovers.json');
}
