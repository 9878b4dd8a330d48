import { availableParallelism, totalmem } from 'node:os';
import type { SharedData } from './shared-data.js';
import type { FinishedTrial, Trial, TrialOutcome } from './trial.js';
import type { TrialRunner } from './trial-runner.js';
import { type ThreadData, TrialThread } from './trial-thread.js';

export interface TrialThreadsOptions {
  /** A module that calls `serveTrials`; every thread runs it. */
  readonly script: URL;
  /** Given to every thread; what a structured clone can carry. */
  readonly setup: unknown;
  readonly data: SharedData;
  /** Default: one per core. */
  readonly threads?: number;
  /** How long a trial may take, milliseconds. Default: as long as it takes. */
  readonly trialTimeoutMs?: number;
  /** What a thread may have for objects. Default: three quarters of the machine's memory for all of them together, each from 256 MB to 4 GB. */
  readonly heapMb?: number;
}

const MB = 2 ** 20;

/** Trials on threads of their own, which share the data. A thread that ends or takes too long costs the trial it ran; another
 * takes its place. */
export class TrialThreads implements TrialRunner {
  readonly threads: number;
  readonly #pool: readonly TrialThread[];

  constructor({ data: shared, script, setup, trialTimeoutMs, ...options }: TrialThreadsOptions) {
    const { threads = availableParallelism() } = options;
    this.threads = threads;
    const data: ThreadData = { data: shared.message, setup };
    const heapMb = options.heapMb ?? Math.max(256, Math.min(4_096, Math.floor((totalmem() * 0.75) / threads / MB)));
    const limits = { heapMb, timeoutMs: trialTimeoutMs ?? null };
    this.#pool = Array.from({ length: threads }, () => new TrialThread(script, data, limits));
  }

  async *run(trials: Iterable<Trial>, signal: AbortSignal): AsyncGenerator<FinishedTrial> {
    const queue = trials[Symbol.iterator]();
    const finished: FinishedTrial[] = [];
    let fault: unknown = null;
    let busy = 0;
    let wake = () => {};
    const halted = () => signal.aborted || fault !== null;
    const work = async (thread: TrialThread) => {
      busy += 1;
      try {
        for (let next = halted() ? null : queue.next(); next?.done === false; next = halted() ? null : queue.next()) {
          const outcome: TrialOutcome | null = await thread.run(next.value);
          if (outcome !== null) finished.push({ ...next.value, outcome });
          wake();
        }
      } catch (error) {
        fault ??= error;
      } finally {
        busy -= 1;
        wake();
      }
    };
    const stop = () => {
      for (const thread of this.#pool) thread.abandon();
    };
    signal.addEventListener('abort', stop);
    try {
      for (const thread of this.#pool) void work(thread);
      while (busy > 0 || finished.length > 0) {
        const next = finished.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      if (fault !== null) throw fault;
    } finally {
      signal.removeEventListener('abort', stop);
      if (busy > 0) stop();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#pool.map((thread) => thread.close()));
  }
}
