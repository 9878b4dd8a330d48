import { type CheckResult, Problems } from '../checks/check.js';
import type { Supervised } from '../supervised.js';
import type { Growth, MemoryFigures } from './memory-log.js';

/** In quarters of an hour at some fifty trades a second, an event leaked in a hundred would be more. */
const MOST_HEAP_GROWTH_MIB = 2;
const MOST_RESIDENT_GROWTH_MIB = 15;

export function checkMemory(memory: MemoryFigures | null): CheckResult {
  const check = 'the memory of the collector does not grow after its warm-up';
  if (memory === null) return { check, problems: [], figures: 'no collector lived long enough to tell' };
  const problems = new Problems();
  const { minutes, heap, resident } = memory;
  const grown = ({ firstMiB, lastMiB }: Growth) => lastMiB - firstMiB;
  problems.expect(grown(heap) < MOST_HEAP_GROWTH_MIB, () => `Its heap grew by ${grown(heap).toFixed(1)} MiB.`);
  problems.expect(grown(resident) < MOST_RESIDENT_GROWTH_MIB, () => `It grew by ${grown(resident).toFixed(1)} MiB.`);
  const told = ({ firstMiB, lastMiB, mostMiB }: Growth) =>
    `${firstMiB.toFixed(1)} MiB at first, ${lastMiB.toFixed(1)} at last, most ${mostMiB.toFixed(1)}`;
  const figures = `${minutes.toFixed(1)} minutes; heap after collections (medians of quarters): ${told(heap)}; resident: ${told(resident)}`;
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
