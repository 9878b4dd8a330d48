import type { AgainstBacktest, CauseChain, Divergence, Outcome } from '@alpha-engine/backtest';
import type { Replay } from '../services/replay.js';
import { table } from './table.js';

/** What was run again, and the first difference with what led to it, from what was read to what was traded. */
export function replayText({ brains, compared, divergence, identical, notes, records, source }: Replay): string {
  const run = brains.filter(({ batches }) => batches > 0);
  const rows = run.map(({ brain, firstBatch, fromTs, inputs, lastBatch, processes, toTs }) => [
    ...[brain, iso(fromTs), iso(toTs), `${firstBatch} to ${lastBatch}`, inputs, processes],
  ]);
  const { bars, fills, orderEvents, orders, signals, verdicts } = compared;
  const lines = [
    `Record: ${records}. Events: ${source}.`,
    table(['brain', 'from', 'to', 'batches', 'inputs', 'processes'], rows),
    table(
      ['bars', 'signals', 'verdicts', 'order events', 'orders', 'fills'],
      [[bars, signals, verdicts, orderEvents, orders, fills]],
    ),
    ...notes,
  ];
  if (identical) return [...lines, 'IDENTICAL: everything that was compared came out as it is recorded.'].join('\n');
  return [...lines, ...(divergence === null ? [] : divergenceLines(divergence))].join('\n');
}

function divergenceLines({ batch, brain, chain, difference, kind, ts, what }: Divergence): readonly string[] {
  const { path, recorded, replayed } = difference;
  return [
    `DIFFERS    ${what}`,
    `           batch ${batch} of ${brain}, ${iso(ts)}; ${kind}${path === '' ? '' : `, ${path}`}`,
    `             recorded  ${json(recorded)}`,
    `             replayed  ${json(replayed)}`,
    ...chainLines(chain),
  ];
}

/** The same chain as `alpha why`, read forwards. */
function chainLines({ bar, input, orders, read, signal, verdict }: CauseChain): readonly string[] {
  const lines = read.map(
    ({ count, firstId, lastId, stream }) => `ENTRIES    ${stream}  ${firstId} to ${lastId}: ${count}`,
  );
  if (input !== null) lines.push(`INPUT      ${json(input)}`);
  lines.push(
    ...pair('BAR', bar),
    ...pair('SIGNAL', signal),
    ...pair('VERDICT', { recorded: verdictText(verdict.recorded), replayed: verdictText(verdict.replayed) }),
  );
  for (const { order } of orders) {
    const { clientOrderId, side, size, symbol } = order.terms;
    const filled = `filled ${order.filledSize}${'averagePrice' in order ? ` at ${order.averagePrice}` : ''}`;
    lines.push(`ORDER      ${clientOrderId}  ${side} ${size} ${symbol}: ${order.status}, ${filled}`);
  }
  return lines;
}

/** What the checks looked at, `alpha why` tells. */
function verdictText(verdict: CauseChain['verdict']['recorded']): string | null {
  if (verdict === null) return null;
  return verdict.approved ? 'approved' : `denied: ${verdict.code}. ${verdict.message ?? ''}`;
}

function pair(
  name: string,
  { recorded, replayed }: { readonly recorded: unknown; readonly replayed: unknown },
): readonly string[] {
  const label = name.padEnd(11);
  if (recorded === null && replayed === null) return [];
  if (json(recorded) === json(replayed)) return [`${label}${json(recorded)}`];
  return [`${label}recorded  ${json(recorded)}`, `           replayed  ${json(replayed)}`];
}

function json(value: unknown): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}

function iso(ts: number): string {
  return new Date(ts).toISOString();
}

/** How a session and a back-test of its market differ, signal by signal. */
export function againstText(result: AgainstBacktest): string {
  const { agree, assumptions, barDifferences, bars, causes, differences } = result;
  const { excused, identical, sameOutcomes, sameSignals } = result;
  const rows = differences.map(({ action, backtest, cause, session, signalId, symbol, ts }) => [
    ...[iso(ts), symbol, action, signalId.slice(0, 12), cause, outcomeText(session), outcomeText(backtest)],
  ]);
  const barRows = barDifferences.map(({ backtest, openTs, session, symbol, timeframe }) => [
    ...[iso(openTs), symbol, timeframe, barText(session), barText(backtest)],
  ]);
  const said = Object.entries(causes).map(([cause, count]) => `${cause} ${count}`);
  return [
    `${bars} bars, ${barDifferences.length} of them otherwise or on one side only; ${sameSignals} signals are the same, ${sameOutcomes} of them came to the same. Differences: ${said.join(', ')}.`,
    ...(excused === 0
      ? []
      : [`${(excused * 100).toFixed(1)} % of all signals prove nothing: a denial before them excuses them.`]),
    ...(rows.length === 0
      ? []
      : [table(['time', 'symbol', 'action', 'signal', 'cause', 'session', 'back-test'], rows)]),
    ...(barDifferences.length === 0 ? [] : [table(['bar', 'symbol', 'timeframe', 'session', 'back-test'], barRows)]),
    ...assumptions,
    identical
      ? 'IDENTICAL: bars, signals, orders, fills, prices, market times and fees are the same.'
      : agree
        ? 'AGREE: every signal is the same, or a denial says why it is not.'
        : 'DIFFERS: signals are others, and no denial says why.',
  ].join('\n');
}

function outcomeText(outcome: Outcome | null): string {
  if (outcome === null) return 'no such signal';
  if (outcome.denied !== null) return `denied: ${outcome.denied}`;
  const { averagePrice, fills, orderedTs, size } = outcome;
  if (averagePrice === null) return 'not filled';
  const [ordered, filled] = [orderedTs[0], fills.at(-1)?.ts];
  const times =
    ordered === undefined || filled === undefined ? '' : `, ordered ${clock(ordered)}, filled ${clock(filled)}`;
  return `${size} at ${averagePrice}${times}`;
}

/** Its day stands in the first column. */
function clock(ts: number): string {
  return iso(ts).slice(11, -1);
}

function barText(bar: AgainstBacktest['barDifferences'][number]['session']): string {
  if (bar === null) return 'no such bar';
  const { close, high, low, open, volume } = bar;
  return `${open} ${high} ${low} ${close}, ${volume}`;
}
