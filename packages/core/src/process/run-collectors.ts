import { setTimeout as delay } from 'node:timers/promises';
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, nextPauseMs, passes } from './outlast.js';
import { type CollectorOptions, type CollectorReport, runCollector } from './run-collector.js';

/**
 * One collector for each exchange, in one process, until `signal` aborts; what befalls one leaves the others alone. They may share a bus;
 * each has a spool folder of its own. One that fails over something that passes (an exchange that does not answer, or is in maintenance at
 * the start) begins again after 1, 2, 4 … 30 s; any other failure ends that one, is logged at once, and is thrown when the last of the
 * others has ended: the first if there are several. Returns the reports in the order given, each of the collector's last run; null when `signal`
 * aborted in a pause.
 */
export async function runCollectors(
  collectors: readonly CollectorOptions[],
  signal: AbortSignal,
): Promise<readonly (CollectorReport | null)[]> {
  const endings = await Promise.allSettled(collectors.map((one) => keepRunning(one, signal)));
  return endings.map((ending) => {
    if (ending.status === 'rejected') throw ending.reason;
    return ending.value;
  });
}

async function keepRunning(options: CollectorOptions, signal: AbortSignal): Promise<CollectorReport | null> {
  const { exchange, logger, wallClock } = options;
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = nextPauseMs(pauseMs)) {
    const begunTs = wallClock.now();
    try {
      return await runCollector(options, signal);
    } catch (error) {
      if (!passes(error) || signal.aborted) {
        logger.error({ exchange, error: String(error) }, 'The collector of this exchange has ended; others go on.');
        throw error;
      }
      if (wallClock.now() - begunTs > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
      logger.warn(
        { exchange, error: String(error), pauseMs },
        'The collector of this exchange begins again after a pause.',
      );
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}
