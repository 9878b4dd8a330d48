import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AlphaError } from '@alpha-engine/core';
import type { SharedData } from './shared-data.js';
import type { Trial, TrialFailure, TrialOutcome } from './trial.js';

/** What a thread begins with. */
export interface ThreadData {
  readonly data: SharedData['message'];
  readonly setup: unknown;
}

/** From a thread: it is ready, it cannot be, or a trial is finished. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unready'; readonly code: string; readonly message: string }
  | { readonly kind: 'finished'; readonly outcome: TrialOutcome };

/** What a thread may use. */
export interface ThreadLimits {
  readonly heapMb: number;
  /** For one trial; null: as long as it takes. */
  readonly timeoutMs: number | null;
}

interface Running {
  readonly worker: Worker;
  ready: boolean;
}

/** A worker thread that is started when it is needed, and again after it ended. Runs one trial at a time. */
export class TrialThread {
  readonly #script: URL;
  readonly #data: ThreadData;
  readonly #limits: ThreadLimits;
  #running: Running | null = null;
  #abandoned = false;

  constructor(script: URL, data: ThreadData, limits: ThreadLimits) {
    this.#script = script;
    this.#data = data;
    this.#limits = limits;
  }

  /** Null: it was abandoned. Throws when the thread could not even begin. */
  run(trial: Trial): Promise<TrialOutcome | null> {
    this.#abandoned = false;
    const running = this.#running ?? this.#start();
    const { worker } = running;
    return new Promise((resolve, reject) => {
      let death: Death | null = null;
      let timer: NodeJS.Timeout | undefined;
      const begin = () => {
        const { timeoutMs } = this.#limits;
        if (timeoutMs === null) return;
        timer = setTimeout(() => {
          death = tooLong(timeoutMs);
          // The next trial begins on another one, even before this one is gone.
          this.#forget(running);
          void worker.terminate();
        }, timeoutMs);
      };
      const onMessage = (message: ThreadMessage) => {
        if (message.kind === 'unready') settle(() => reject(unready(message)));
        else if (message.kind === 'finished') settle(() => resolve(message.outcome));
        else {
          running.ready = true;
          begin();
        }
      };
      const onError = (error: Error & { readonly code?: string }) => {
        death ??= deathOf(error, this.#limits.heapMb);
      };
      const onExit = (status: number) => {
        this.#forget(running);
        if (this.#abandoned) return settle(() => resolve(null));
        const failure = death ?? { failed: 'died', message: ended(`process.exit(${status}) was called in it`) };
        if (running.ready) return settle(() => resolve(failure));
        const message = `No trial can be run. ${failure.message}`;
        settle(() => reject(unready({ code: 'STRATEGY_INVALID', message })));
      };
      const settle = (how: () => void) => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        how();
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(trial);
      // What it takes a thread to start is not the trial's.
      if (running.ready) begin();
    });
  }

  /** Ends what runs, without a result. */
  abandon(): void {
    this.#abandoned = true;
    void this.#running?.worker.terminate();
  }

  async close(): Promise<void> {
    const worker = this.#running?.worker;
    if (worker === undefined) return;
    this.abandon();
    await worker.terminate();
  }

  #forget(running: Running): void {
    if (this.#running === running) this.#running = null;
  }

  #start(): Running {
    const worker = new Worker(this.#script, {
      workerData: this.#data,
      execArgv: [],
      stdout: true,
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMb },
    });
    // What a strategy prints is no result.
    worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    const running = { worker, ready: false };
    this.#running = running;
    void once(worker, 'exit')
      .catch(() => {})
      .then(() => this.#forget(running));
    return running;
  }
}

type Death = TrialFailure & { readonly failed: 'timed_out' | 'out_of_memory' | 'died' };

function tooLong(afterMs: number): Death {
  const message = `It took longer than ${afterMs / 1_000} s, and its thread was ended.`;
  return { failed: 'timed_out', message, afterMs };
}

function deathOf(error: Error & { readonly code?: string }, heapMb: number): Death {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return { failed: 'died', message: ended(error.message) };
  return { failed: 'out_of_memory', message: ended(`it needed more than the ${heapMb} MB that a thread may have`) };
}

function ended(why: string): string {
  return `Its thread ended: ${why.replace(/\.$/, '')}.`;
}

function unready({ code, message }: { readonly code: string; readonly message: string }): AlphaError {
  return new AlphaError(code as 'STRATEGY_INVALID', message);
}
