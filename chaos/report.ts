import { grouped } from './grouped.js';
import type { FaultRecord } from './inject-faults.js';
import { leftOutLine } from './left-out.js';
import type { ChaosReport } from './run-chaos.js';

/** The report as text: a table of faults, then the checks. */
export function reportText(report: ChaosReport): string {
  const { seed, seconds, appendfsync, events, eventsPerSecond, faults, leftOut, lost, resent, checks, folder, holds } =
    report;
  const head = `seed ${seed}, ${seconds} s of market, appendfsync ${appendfsync}: ${events} events, ${eventsPerSecond} a second`;
  const byName = grouped(faults, ({ fault }) => fault);
  const rows = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => faultRow(name, list));
  const total = faultRow('all', faults);
  const faultTable = table([['fault', 'count', 'recovered', 'p50', 'max'], ...rows, total]);
  const checkTable = table([
    ['check', '', 'figures'],
    ...checks.map(({ check, problems, figures }) => [check, problems.length === 0 ? 'holds' : 'FAILS', figures]),
  ]);
  const problems = checks.flatMap(({ check, problems: found }) => found.map((problem) => `${check}: ${problem}`));
  const last = `${holds ? 'Everything holds.' : 'Something does not hold.'}${folder === null ? '' : ` Logs and records: ${folder}`}`;
  const again = Object.entries(resent).map(([name, count]) => `${count} by ${name}`);
  const losses =
    lost > 0 ? ['', `Redis lost ${lost} acknowledged entries. Sent again: ${again.join(', ') || 'none'}.`] : [];
  const missing = leftOut.length > 0 ? ['', leftOutLine(leftOut)] : [];
  return [
    head,
    '',
    faultTable,
    ...losses,
    ...missing,
    '',
    checkTable,
    ...(problems.length > 0 ? ['', ...problems] : []),
    '',
    last,
  ].join('\n');
}

function faultRow(name: string, faults: readonly FaultRecord[]): string[] {
  const times = faults
    .flatMap(({ recoveredMs }) => (recoveredMs === null ? [] : [recoveredMs]))
    .toSorted((a, b) => a - b);
  const seconds = (ms: number | undefined) => (ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`);
  const middle = times[Math.floor((times.length - 1) / 2)];
  return [name, String(faults.length), String(times.length), seconds(middle), seconds(times.at(-1))];
}

export function table(rows: readonly (readonly string[])[]): string {
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
