import type { ProcessReport } from './kill-processes.js';
import type { SweepReport } from './run-sweep.js';

/** The report as text: what was cut, where, and what did not hold. */
export function reportText({
  cutTwice,
  failures,
  leftOut,
  methods,
  scenarios,
  seconds,
  seed,
  threads,
}: SweepReport): string {
  const sum = (key: 'points' | 'cuts' | 'runs') => scenarios.reduce((total, one) => total + one[key], 0);
  const cases = scenarios.reduce((total, { answers }) => total + answers, 0);
  const rows = scenarios.map((one) => [one.scenario, one.answers, one.points, one.cuts, one.runs].map(String));
  const reached = Object.entries(methods).filter(([, { calls }]) => calls > 0);
  const unreached = Object.entries(methods).flatMap(([method, { calls }]) => (calls > 0 ? [] : [method]));
  const none = leftOut === 0 ? 'none left out' : `${leftOut} left out`;
  return [
    `seed ${seed}: ${sum('points')} points in ${cases} cases, ${none}; cut at ${sum('cuts')} places by ${sum('runs') + cutTwice} runs in ${seconds} s on ${threads} threads`,
    '',
    table([['scenario', 'answers', 'points', 'cuts', 'runs'], ...rows, ['cut twice', '', '', '', String(cutTwice)]]),
    '',
    table([
      ['port', 'calls', 'cut at'],
      ...reached.toSorted(byName).map(([method, { calls, cut }]) => [method, String(calls), String(cut)]),
    ]),
    '',
    `Never called on these paths: ${unreached.toSorted().join(', ') || 'nothing'}.`,
    '',
    ...failures.map(({ point, problems, run }) => `${run} (${point}): ${problems.join(' ')}`),
    failures.length === 0
      ? 'Everything holds: no order doubled, none orphaned, every signal with one effect, the books those of the exchange.'
      : `${failures.length} runs do not hold. Repeat one with: pnpm crash-sweep --seed ${seed} --only ${failures[0]!.run}`,
  ].join('\n');
}

/** What became of real processes that were killed. */
export function processesText({ methods, methodsCut, runs }: ProcessReport): string {
  const failures = runs.filter(({ problems }) => problems.length > 0);
  return [
    `kill -9: ${runs.length} real processes, at ${methodsCut} of the ${methods} methods that are called`,
    ...failures.map(({ cut, problems }) => `${cut?.when} call ${cut?.at} of ${cut?.of}: ${problems.join(' ')}`),
    failures.length === 0 ? 'Everything holds.' : `${failures.length} do not hold.`,
  ].join('\n');
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
