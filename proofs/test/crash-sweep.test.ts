import { expect, test } from 'vitest';
import { reportText } from '../crash-sweep/report.js';
import { runSweep } from '../crash-sweep/run-sweep.js';

const SEED = 5;

test(`no signal has two effects or none wherever the engine is cut (a sample, seed ${SEED})`, {
  timeout: 120_000,
}, async () => {
  const options = {
    seed: SEED,
    scenarios: ['entry', 'reversal', 'stop-exit'],
    answers: [
      'accepted',
      'refused',
      'unanswered',
      'unanswered-deaf',
      'never-arrived',
      'late',
      'duplicated',
      'reordered',
    ],
    ...{ every: 100, twice: 10, processes: 0, threads: 1, only: null, json: false },
  };
  const report = await runSweep(options, () => {}, new AbortController().signal);
  expect(report.failures, reportText(report)).toEqual([]);
  for (const port of ['broker.place', 'store.commit', 'bus.publish', 'wallClock.now', 'broker.updates.next'])
    expect(report.methods[port]?.calls, port).toBeGreaterThan(0);
});
