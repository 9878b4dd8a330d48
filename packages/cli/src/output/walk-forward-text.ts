import type { WalkForwardReport } from '../services/walk-forward.js';
import { figure, headOf, howOf, percent, pointText } from './optimize-text.js';
import { fittingTable } from './table.js';

/** The report of a walk-forward for people: what was found in each window beside what it then did, as a table of at most `width`. */
export function walkForwardText(report: WalkForwardReport, width: number): string {
  const { inSample, metrics, objective, outOfSample, plan, stopped, value, windows } = report;
  const found = windows.filter(({ inSample: chosen }) => chosen !== null).length;
  const closed = windows.reduce((sum, { outOfSample: test }) => sum + (test?.closedAtEnd ?? 0), 0);
  return [
    ...report.warnings.map((warning) => `Warning: ${warning}`),
    `${headOf(report)}: walk-forward ${plan}, ${windows.length} windows ${howOf(report)}.`,
    ...(stopped ? ['Stopped before its end.'] : []),
    ...(found < windows.length ? [`In ${windows.length - found} windows nothing was found and nothing traded.`] : []),
    tableOf(report, width),
    ...windows.flatMap(({ failure, test }) => (failure === null ? [] : [failureText(test.from, failure)])),
    `Mean ${objective} in sample ${figure(inSample)}, out of sample ${figure(outOfSample)}.`,
    `All tests on one account: ${objective === 'sharpe' ? '' : `${objective} ${figure(value)}, `}return ${percent(metrics.totalReturn)}, CAGR ${percent(metrics.cagr)}, Sharpe ${figure(metrics.sharpe)}, max drawdown ${percent(metrics.maxDrawdown)}, ${metrics.trades} trades.`,
    ...(closed === 0
      ? []
      : [
          `${closed} of these trades were open when their test ended, and were closed there with taker fee and slippage.`,
        ]),
  ].join('\n');
}

function tableOf({ objective, windows }: WalkForwardReport, width: number): string {
  type Row = (typeof windows)[number];
  const column = (head: string, spare: number, cell: (row: Row) => unknown) => ({ head, spare, cell });
  return fittingTable<Row>(
    [
      column('trained from', 3, ({ train }) => dayOf(train.from)),
      column('tested from', 0, ({ test }) => dayOf(test.from)),
      column('to', 2, ({ test }) => dayOf(test.to)),
      column('parameters', 0, ({ inSample }) => (inSample === null ? 'nothing found' : pointText(inSample.params))),
      column(`${objective} in`, 0, ({ inSample }) => figure(inSample?.value)),
      column('out', 0, ({ outOfSample }) => figure(outOfSample?.value)),
      column('return in', 1, ({ inSample }) => percent(inSample?.metrics?.totalReturn)),
      column('out', 1, ({ outOfSample }) => percent(outOfSample?.metrics.totalReturn)),
      column('trades in', 2, ({ inSample }) => inSample?.metrics?.trades),
      column('out', 2, ({ outOfSample }) => outOfSample?.metrics.trades),
    ],
    windows,
    width,
  );
}

function failureText(from: string, { failed, message }: NonNullable<WalkForwardReport['windows'][number]['failure']>) {
  const what =
    failed === 'threw' ? 'the strategy threw and did nothing more' : 'the strategy failed and nothing traded';
  return `In the test from ${dayOf(from)} ${what}: ${message}`;
}

function dayOf(iso: string): string {
  return iso.replace(/T00:00:00\.000Z$/, '').replace(/:00\.000Z$/, 'Z');
}
