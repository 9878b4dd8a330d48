import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AlphaError } from '@alpha-engine/core';
import type { SharedBarsMessage } from './shared-bars.js';
import type { Trial, TrialOutcome } from './trial.js';

/** What a thread begins with. */
export interface ThreadData {
  readonly bars: SharedBarsMessage;
  readonly setup: unknown;
}

/** From a thread: it is ready, it cannot be, or a trial is finished. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unready'; readonly code: string; readonly message: string }
  | { readonly kind: 'finished'; readonly outcome: TrialOutcome };

interface Running {
  readonly worker: Worker;
  ready: boolean;
}

/** A worker thread that is started when it is needed, and again after it died. Runs one trial at a time. */
export class TrialThread {
  readonly #script: URL;
  readonly #data: ThreadData;
  readonly #heapMb: number;
  #running: Running | null = null;
  #abandoned = false;

  constructor(script: URL, data: ThreadData, heapMb: number) {
    this.#script = script;
    this.#data = data;
    this.#heapMb = heapMb;
  }

  /** Null: it was abandoned. Throws when the thread could not even begin. */
  run(trial: Trial): Promise<TrialOutcome | null> {
    this.#abandoned = false;
    const running = this.#running ?? this.#start();
    const { worker } = running;
    return new Promise((resolve, reject) => {
      let death = '';
      const onMessage = (message: ThreadMessage) => {
        if (message.kind === 'ready') running.ready = true;
        else if (message.kind === 'unready') settle(() => reject(unready(message)));
        else settle(() => resolve(message.outcome));
      };
      const onError = (error: Error & { readonly code?: string }) => {
        const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        death = memory ? `it needed more than the ${this.#heapMb} MB of memory that a thread may have` : error.message;
      };
      const onExit = (status: number) => {
        this.#running = null;
        if (this.#abandoned) return settle(() => resolve(null));
        const message = `Its thread ended: ${death || `process.exit(${status}) was called in it`}.`;
        if (running.ready) settle(() => resolve({ failed: 'died', message }));
        else settle(() => reject(unready({ code: 'STRATEGY_INVALID', message: `No trial can be run. ${message}` })));
      };
      const settle = (how: () => void) => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        how();
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(trial);
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

  #start(): Running {
    const worker = new Worker(this.#script, {
      workerData: this.#data,
      execArgv: [],
      stdout: true,
      resourceLimits: { maxOldGenerationSizeMb: this.#heapMb },
    });
    // What a strategy prints is no result.
    worker.stdout.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    const running = { worker, ready: false };
    this.#running = running;
    void once(worker, 'exit')
      .catch(() => {})
      .then(() => {
        if (this.#running === running) this.#running = null;
      });
    return running;
  }
}

function unready({ code, message }: { readonly code: string; readonly message: string }): AlphaError {
  return new AlphaError(code as 'STRATEGY_INVALID', message);
}
