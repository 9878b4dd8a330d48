import type { LookaheadReport } from '../services/lookahead.js';

const KINDS = {
  truncated: 'without what comes after',
  perturbed: 'with another market after',
  repeated: 'run once more on the same data',
  clock: 'run once more, clocks and chance saying something else',
} as const;

export function lookaheadText(report: LookaheadReport): string {
  const { cuts, decisions, failure, findings, moments, seed, strategy, symbols, timeframe } = report;
  const { touches, unheard, warmup } = report;
  const lines = [
    `${strategy.name} on ${symbols.join(', ')} ${timeframe}: ${moments} bars or events, ${decisions} decisions, cut at ${cuts} moments (seed ${seed})`,
    '',
    ...findings.map(
      ({ at, cut, is, kind, symbol, was, what }) =>
        `LOOKS AHEAD  ${KINDS[kind]}${cut === null ? '' : ` ${cut}`}: on the ${what} of ${symbol} of ${at} ${said(was)}, and now ${said(is)}`,
    ),
    ...touches.map(({ allowed, count, file, time, what, where }) => {
      const when = time === null ? '' : `, first at ${time}`;
      const used = `${file === undefined ? what : `the file ${file}`} in ${where}, ${count} times${when}`;
      return `${allowed ? 'note        ' : 'OUTSIDE     '} uses ${used}`;
    }),
    ...(failure === null
      ? []
      : [`THREW        on the ${failure.what} of ${failure.symbol} of ${failure.at}: ${failure.message}`]),
    ...(unheard.length === 0 ? [] : [`note         ${unheard.join(', ')} did not run: the data are bars`]),
    ...warmup.map(warmupLine),
    '',
    verdict(report),
  ];
  return lines.join('\n');
}

function verdict({ clean, failure, findings, touches }: LookaheadReport): string {
  if (clean) return 'Nothing was found.';
  if (failure !== null) return 'It threw; see above.';
  const depends = findings.length > 0 || touches.some(({ allowed }) => !allowed);
  return depends
    ? 'It may depend on nothing but the arguments of its callbacks; see above.'
    : 'Its warm-up is too short: let it declare what it needs; see above.';
}

function warmupLine({ declared, difference, most, needed, points, symbol }: LookaheadReport['warmup'][number]): string {
  if (points === 0) return `warm-up      of ${symbol}: declares ${declared} bars; measured on data of bars only`;
  const needs = needed === null ? `more than ${most}` : String(needed);
  const line = `of ${symbol}: declares ${declared} bars, needs ${needs}, measured at ${points} beginnings`;
  if (difference === null) return `warm-up      ${line}`;
  const { begun, is, was } = difference;
  return `WARM-UP      ${line}; begun at ${begun} ${said(was)} with all bars before it, and ${said(is)} with those declared`;
}

function said(decision: LookaheadReport['findings'][number]['was']): string {
  if (decision === null) return 'nothing';
  const { action, time, ...details } = decision;
  return `${action} at ${time} ${JSON.stringify(details)}`;
}
