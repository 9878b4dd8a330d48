import type { LookaheadReport } from '../services/lookahead.js';

const KINDS = {
  truncated: 'without the bars after',
  perturbed: 'with another market after',
  repeated: 'run once more on the same bars',
  clock: 'run once more, clocks and chance saying something else',
} as const;

export function lookaheadText(report: LookaheadReport): string {
  const { bars, clean, cuts, decisions, failure, findings, seed, strategy, symbol, timeframe, touches } = report;
  const lines = [
    `${strategy.name} on ${symbol} ${timeframe}: ${bars} bars, ${decisions} decisions, cut at ${cuts} moments (seed ${seed})`,
    '',
    ...findings.map(
      ({ bar, cut, is, kind, was }) =>
        `LOOKS AHEAD  ${KINDS[kind]}${cut === null ? '' : ` ${cut}`}: on the bar of ${bar} ${said(was)}, and now ${said(is)}`,
    ),
    ...touches.map(({ allowed, count, file, time, what, where }) => {
      const when = time === null ? '' : `, first at ${time}`;
      const used = `${file === undefined ? what : `the file ${file}`} in ${where}, ${count} times${when}`;
      return `${allowed ? 'note        ' : 'OUTSIDE     '} uses ${used}`;
    }),
    ...(failure === null ? [] : [`THREW        on the bar of ${failure.bar}: ${failure.message}`]),
    warmupLine(report),
    '',
    clean ? 'Nothing was found.' : 'It may depend on nothing but the arguments of its callbacks; see above.',
  ];
  return lines.join('\n');
}

function warmupLine({ warmup: { declared, difference, most, needed, points } }: LookaheadReport): string {
  const needs = needed === null ? `more than ${most}` : String(needed);
  const line = `declares ${declared} bars, needs ${needs}, measured at ${points} beginnings`;
  if (difference === null) return `warm-up      ${line}`;
  const { begun, is, was } = difference;
  return `WARM-UP      ${line}; begun at ${begun} ${said(was)} with all bars before it, and ${said(is)} with those declared`;
}

function said(decision: LookaheadReport['findings'][number]['was']): string {
  if (decision === null) return 'nothing';
  const { action, time, ...details } = decision;
  return `${action} at ${time} ${JSON.stringify(details)}`;
}
