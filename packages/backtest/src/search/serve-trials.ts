import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { AlphaError } from '@alpha-engine/core';
import type { TrialOptions } from './instances-at.js';
import { runTrial, threw } from './run-trial.js';
import { sharedData } from './shared-data.js';
import type { Trial } from './trial.js';
import type { ThreadData, ThreadMessage } from './trial-thread.js';

/**
 * What a thread of `TrialThreads` does: makes its own options once, with the strategy loaded on this thread, and then runs the trials
 * it is given, one after the other.
 */
export async function serveTrials(prepare: (setup: unknown) => Promise<TrialOptions>): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('serveTrials runs in a worker thread only.');
  const { data: message, setup } = workerData as ThreadData;
  const data = sharedData(message);
  const tell = (sent: ThreadMessage) => port.postMessage(sent);
  const prepared = prepare(setup).then(
    (options) => {
      tell({ kind: 'ready' });
      return options;
    },
    (fault: unknown) => {
      tell({
        kind: 'unready',
        code: AlphaError.is(fault) ? fault.code : 'UNEXPECTED',
        message: String(fault instanceof Error ? fault.message : fault),
      });
      return null;
    },
  );
  let left: unknown = null;
  process.on('uncaughtException', (fault) => {
    left ??= fault;
  });
  port.on('message', async (trial: Trial) => {
    const options = await prepared;
    if (options === null) return;
    // Timers of a strategy whose trial is over are nobody's.
    left = null;
    const outcome = runTrial(data, options, trial);
    // Promises that it left rejected are told before timers have their turn.
    await setImmediate();
    tell({ kind: 'finished', outcome: left === null ? outcome : threw(left) });
  });
}
