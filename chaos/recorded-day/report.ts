import { table } from '../report.js';
import type { DayReport } from './run-recorded-day.js';

export function dayReportText(report: DayReport): string {
  const { seed, bus, speed, hours, minutes, market, tradesPerSecond, troubles, lateMs, checks, holds, folder } = report;
  const total = Object.values(troubles).reduce((sum, count) => sum + count, 0);
  const every = ((minutes * 60) / total).toFixed(1);
  const names = Object.entries(troubles).map(([name, count]) => `${name} ${count}`);
  const problems = checks.flatMap(({ check, problems: found }) => found.map((problem) => `${check}: ${problem}`));
  return [
    `${market}`,
    `seed ${seed}, bus ${bus}, speed ${speed}: ${hours.toFixed(1)} h of market in ${minutes.toFixed(1)} min, ${tradesPerSecond.toFixed(1)} trades a second; the simulator was late by ${lateMs} ms at most`,
    `${total} troubles, one every ${every} s: ${names.toSorted().join(', ')}`,
    '',
    table([
      ['check', '', 'figures'],
      ...checks.map(({ check, problems: found, figures }) => [check, found.length === 0 ? 'holds' : 'FAILS', figures]),
    ]),
    ...(problems.length > 0 ? ['', ...problems] : []),
    '',
    `${holds ? 'Everything holds.' : 'Something does not hold.'}${folder === null ? '' : ` Logs, tape and archive: ${folder}`}`,
  ].join('\n');
}
