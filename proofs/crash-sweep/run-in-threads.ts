import { Worker } from 'node:worker_threads';
import type { CaseRun } from './run-case.js';
import type { SweepRun } from './run-name.js';
import { runOne } from './run-one.js';

export interface ThreadTask {
  readonly number: number;
  readonly seed: number;
  readonly run: SweepRun;
}

export interface ThreadResult {
  readonly number: number;
  readonly result: CaseRun;
}

type Took = (run: SweepRun, result: CaseRun) => void;

/** Runs under way or waiting in one thread, so that it never waits for us. */
const AHEAD = 8;

/** Worlds come and go by the thousand: few live long enough to be moved. */
const YOUNG = { maxYoungGenerationSizeMb: 64 };

/** Every run once, in whatever order they end, over so many threads: virtual time is a thread's own. With one, in this one. */
export async function runInThreads(
  threads: number,
  seed: number,
  runs: readonly SweepRun[],
  took: Took,
  signal: AbortSignal,
): Promise<void> {
  if (threads === 1) {
    for (const run of runs) {
      signal.throwIfAborted();
      took(run, await runOne(seed, run));
    }
    return;
  }
  let next = 0;
  const workers = Array.from({ length: Math.min(threads, runs.length) }, () => {
    return new Worker(new URL('sweep-thread.js', import.meta.url), { execArgv: [], resourceLimits: YOUNG });
  });
  const work = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      let waiting = 0;
      const give = () => {
        for (; waiting < AHEAD && next < runs.length; next += 1) {
          worker.postMessage({ number: next, seed, run: runs[next]! } satisfies ThreadTask);
          waiting += 1;
        }
        if (waiting === 0) resolve();
      };
      worker.once('error', reject);
      worker.on('message', ({ number, result }: ThreadResult) => {
        waiting -= 1;
        took(runs[number]!, result);
        if (signal.aborted) reject(signal.reason as Error);
        else give();
      });
      give();
    });
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
