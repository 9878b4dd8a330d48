import { setTimeout } from 'node:timers/promises';
import { neededForRebuild } from '../record/strategy-log.js';
import { DAY_MS } from '../store/raw-events.js';
import type { BrainName, KeepInputs, Store } from '../store/store.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';

export interface RetentionOptions {
  readonly store: Store;
  readonly logger: Logger;
  /** Of the input log and of equity. */
  readonly marketClock: Clock;
  /** Of log lines. */
  readonly wallClock: Clock;
  /** Days for which the input log keeps all that a replay reads. */
  readonly inputDays: number;
  /** Days for which every row of equity is kept; one a minute stays. */
  readonly equityDays: number;
  readonly logDays: number;
}

const EVERY_MS = 3_600_000;
/** Rows of one transaction. */
const PAGE = 500;
/** For every millisecond of work so many of rest: the brains have the database nearly to themselves. */
const REST = 4;

/**
 * Keeps the record from growing without end, until `signal` aborts: once an hour, a page at a time, with a rest after each.
 * What a rebuild reads stays for good. Trouble with the database is logged and leaves the rest to the next hour; it never throws.
 */
export async function runRetention(options: RetentionOptions, signal: AbortSignal): Promise<void> {
  const places: Places = { batches: new Map(), equity: 0 };
  while (!signal.aborted) {
    try {
      await sweep(options, places, signal);
    } catch (error) {
      if (!signal.aborted) options.logger.warn({ error: String(error) }, 'Old rows could not be removed.');
    }
    await pause(EVERY_MS, signal);
  }
}

/** How far earlier sweeps came, so that what had to stay is not looked at again. */
interface Places {
  readonly batches: Map<BrainName, number>;
  equity: number;
}

async function sweep(options: RetentionOptions, places: Places, signal: AbortSignal): Promise<void> {
  const { equityDays, inputDays, logDays, logger, marketClock, store, wallClock } = options;
  const counts = { inputs: 0, equity: 0, logs: 0 };

  for (const brain of await store.brains()) {
    const keep = keepOf(brain);
    if (keep === null) continue;
    const before = marketClock.now() - inputDays * DAY_MS;
    await inPages(signal, async () => {
      const after = places.batches.get(brain) ?? 0;
      const { next, removed } = await store.compactInputLog(brain, { after, before, limit: PAGE }, keep);
      if (next !== null) places.batches.set(brain, next);
      counts.inputs += removed;
      return next !== null;
    });
  }
  await inPages(signal, async () => {
    const { next, removed } = await store.thinEquity(places.equity, marketClock.now() - equityDays * DAY_MS);
    if (next !== null) places.equity = next;
    counts.equity += removed;
    return next !== null;
  });
  await inPages(signal, async () => {
    const removed = await store.dropLogs(wallClock.now() - logDays * DAY_MS, PAGE);
    counts.logs += removed;
    return removed === PAGE;
  });

  if (counts.inputs + counts.equity + counts.logs > 0) logger.info(counts, 'Old rows were removed from the record.');
}

/** The executor is restored from its checkpoint, so of its inputs nothing is needed for a restart. */
function keepOf(brain: BrainName): KeepInputs | null {
  if (brain.startsWith('strategy:')) return neededForRebuild;
  return brain.startsWith('execution:') ? () => null : null;
}

/** Calls `work` as long as it says that there is more. */
async function inPages(signal: AbortSignal, work: () => Promise<boolean>): Promise<void> {
  for (let more = true; more && !signal.aborted; ) {
    const begun = performance.now();
    more = await work();
    if (more) await pause(REST * (performance.now() - begun), signal);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal, ref: false }).catch(() => {});
}
