import { parseArgs } from 'node:util';
import { defaultTapePath, loadTape } from '@alpha-engine/gmo-adapter/simulator';
import { type Outcome, runScenario } from './run-scenario.js';
import { kindsOf, SCENARIOS } from './scenario.js';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, fault: { type: 'string', multiple: true } },
});
const wanted = values.fault ?? [];
const chosen = SCENARIOS.filter((one) => wanted.length === 0 || kindsOf(one).some((kind) => wanted.includes(kind)));
if (chosen.length === 0) {
  const all = [...new Set(SCENARIOS.flatMap(kindsOf))].join(', ');
  process.stderr.write(`There is no fault ${wanted.join(', ')}. There are: ${all}.\n`);
  process.exit(2);
}
const rejections: unknown[] = [];
process.on('unhandledRejection', (reason) => rejections.push(reason));

const tape = await loadTape(defaultTapePath());
process.stderr.write(
  `${chosen.length} exchanges side by side, each with its own trouble; this takes up to four minutes …\n`,
);
const outcomes = await Promise.all(chosen.map((scenario) => runScenario(scenario, tape)));
process.stdout.write(values.json ? `${JSON.stringify(outcomes, null, 2)}\n` : table(outcomes));
process.stderr.write(`Unhandled rejections: ${rejections.length}.\n`);
if (rejections.length > 0) process.exitCode = 1;
// The simulator's REST tells every trade of the tape, so each one that was lost could have been read.
for (const { name, lost, healedMs } of outcomes) {
  if (lost === 0 && healedMs !== null) continue;
  const verdict = lost > 0 ? `${lost} trades were lost that REST still has` : 'some channel was never well again';
  process.stderr.write(`${name}: ${verdict}.\n`);
  process.exitCode = 1;
}

function table(rows: readonly Outcome[]): string {
  const head = [
    'fault',
    'noticed after',
    'as',
    'well again after its end',
    'lost',
    'doubled',
    'late',
    'published',
    'backfilled',
    'gaps',
    'frames refused',
    'connections lost',
  ];
  const lines = rows.map((row) => [
    row.name,
    row.detectedMs === null ? '–' : seconds(row.detectedMs),
    row.alarm ?? '–',
    row.healedMs === null ? 'never' : seconds(row.healedMs),
    row.lost,
    row.doubled,
    row.late,
    row.published,
    row.backfilled,
    row.gaps,
    row.rejected,
    row.reconnects,
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
