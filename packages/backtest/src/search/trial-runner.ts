import { setImmediate } from 'node:timers/promises';
import type { TrialOptions } from './instances-at.js';
import { runTrial } from './run-trial.js';
import type { SharedData } from './shared-data.js';
import type { FinishedTrial, Trial } from './trial.js';

/** Runs trials. One at a time uses it. */
export interface TrialRunner {
  readonly threads: number;
  /**
   * Takes trials as it has room for them and gives each back when it is finished, in any order. Ends when all are finished; when the
   * signal aborts, at once and without those that were running. Throws what keeps every trial from running, such as a strategy that
   * cannot be loaded.
   */
  run(trials: Iterable<Trial>, signal: AbortSignal): AsyncIterable<FinishedTrial>;
  close(): Promise<void>;
}

/** On the thread that asks, one after the other. */
export function trialsHere(data: SharedData, options: TrialOptions): TrialRunner {
  return {
    threads: 1,
    async *run(trials, signal) {
      for (const trial of trials) {
        yield { ...trial, outcome: runTrial(data, options, trial) };
        // Lets a signal in.
        await setImmediate();
        if (signal.aborted) return;
      }
    },
    close: async () => {},
  };
}
