import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { killProcesses } from '../crash-sweep/kill-processes.js';
import { processesText } from '../crash-sweep/report.js';

const SEED = 30;
// Written by scripts/test.mjs, beside the packages that it runs on.
const SCRIPT = fileURLToPath(new URL('../dist/crash-sweep/engine-child.js', import.meta.url));

test(`real engines killed with kill -9 at thirty calls of their ports (seed ${SEED})`, {
  timeout: 1_800_000,
}, async () => {
  const report = await killProcesses(30, SEED, () => {}, new AbortController().signal, SCRIPT);
  expect(report.runs.length).toBe(30);
  expect(
    report.runs.filter(({ problems }) => problems.length > 0),
    processesText(report),
  ).toEqual([]);
  expect(report.methodsCut).toBe(report.methods);
});
