import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';

export const FIRST_PAUSE_MS = 1_000;
export const LONGEST_PAUSE_MS = 30_000;

/** The pause after this one: 1, 2, 4 … 30 s. */
export function nextPauseMs(pauseMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
}

/** Whether waiting mends it: the exchange does not answer, is busy, or is in maintenance. */
export function passes(error: unknown): error is AlphaError {
  return AlphaError.is(error) && (error.retryable || error.code === 'EXCHANGE_MAINTENANCE');
}

/**
 * Asks an exchange again, after 1, 2, 4 … 30 s, until it answers; `inTheWay` hears what it says meanwhile. Throws what no waiting mends,
 * and the reason of `signal` when it aborts.
 */
export async function outlast<Result>(
  ask: () => Promise<Result>,
  inTheWay: (error: AlphaError) => void,
  signal: AbortSignal,
): Promise<Result> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = nextPauseMs(pauseMs)) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
      inTheWay(error);
    }
    await delay(pauseMs, undefined, { signal });
  }
}
