import { type CheckResult, Problems } from '../checks/check.js';
import type { Supervised } from '../supervised.js';
import type { MemoryFigures } from './memory-log.js';

/** More than this an hour is growth; a collector that leaked an event in a hundred would grow by more. */
const MOST_SLOPE_MIB = 12;
const MOST_GROWTH_MIB = 12;

export function checkMemory(memory: MemoryFigures | null): CheckResult {
  const check = 'the memory of the collector does not grow after its warm-up';
  if (memory === null) return { check, problems: [], figures: 'no collector lived long enough to tell' };
  const problems = new Problems();
  const { minutes, firstMiB, lastMiB, mostMiB, slopeMiB } = memory;
  problems.expect(
    slopeMiB < MOST_SLOPE_MIB || lastMiB - firstMiB < MOST_GROWTH_MIB,
    () => `It grew by ${slopeMiB.toFixed(1)} MiB an hour.`,
  );
  const figures = `${minutes.toFixed(1)} minutes: ${firstMiB.toFixed(0)} MiB at first, ${lastMiB.toFixed(0)} at last (medians of quarters), most ${mostMiB.toFixed(0)}, slope ${slopeMiB.toFixed(1)} MiB an hour`;
  return { check, problems: problems.list, figures };
}

/** How a collector ended that was asked to. */
export interface Termination {
  readonly code: number | null;
  readonly ms: number;
}

const MOST_TERMINATION_MS = 2_000;

export function checkProcesses(processes: readonly Supervised[], terminations: readonly Termination[]): CheckResult {
  const problems = new Problems();
  let starts = 0;
  for (const { name, accidents, uncaught, starts: own } of processes) {
    starts += own;
    for (const { code, signal, error } of accidents) {
      problems.add(`${name} ended by itself with ${signal ?? code}${error === null ? '' : ` (${error})`}.`);
    }
    for (const line of uncaught) problems.add(`${name} wrote: ${line}`);
  }
  for (const { code, ms } of terminations) {
    problems.expect(code === 0, () => `The collector ended with ${code} on SIGTERM.`);
    problems.expect(ms <= MOST_TERMINATION_MS, () => `The collector took ${Math.round(ms)} ms to end on SIGTERM.`);
  }
  const longest = Math.max(0, ...terminations.map(({ ms }) => ms));
  return {
    check: 'no process ended by itself, no error uncaught',
    problems: problems.list,
    figures: `${starts} starts; ${terminations.length} SIGTERM, each 0 within ${Math.round(longest)} ms`,
  };
}
