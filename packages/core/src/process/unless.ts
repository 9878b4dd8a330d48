import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for `work`, but no longer than until `signal` aborts and `graceMs` after: its reason is thrown then. Nobody hears what
 * `work` comes to later.
 */
export async function unless<Result>(signal: AbortSignal, work: Promise<Result>, graceMs = 0): Promise<Result> {
  const heard = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    const stop = async () => {
      if (graceMs > 0) await delay(graceMs, undefined, { signal: heard.signal }).catch(() => {});
      reject(signal.reason);
    };
    signal.addEventListener('abort', () => void stop(), { once: true, signal: heard.signal });
    if (signal.aborted) void stop();
  });
  stopped.catch(() => {});
  work.catch(() => {});
  try {
    return await Promise.race([work, stopped]);
  } finally {
    heard.abort();
  }
}

/** Gives `work` so many wall milliseconds: then `late` aborts, and its reason, an error with this sentence, is thrown. */
export async function within<Result>(
  ms: number,
  sentence: string,
  work: (late: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(sentence)), ms);
  try {
    return await unless(late.signal, work(late.signal));
  } finally {
    clearTimeout(timer);
  }
}

/** `unless` for what opens: what opens after all is closed again. */
export async function openUnless<Opened extends { close(): Promise<unknown> }>(
  signal: AbortSignal,
  opening: Promise<Opened>,
): Promise<Opened> {
  try {
    return await unless(signal, opening);
  } catch (error) {
    void opening.then((late) => late.close()).catch(() => {});
    throw error;
  }
}
