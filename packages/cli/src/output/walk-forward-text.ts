import type { WalkForwardReport } from '../services/walk-forward.js';
import { figure, headOf, howOf, percent, pointText } from './optimize-text.js';
import { table } from './table.js';

/** The report of a walk-forward for people: what was found in each window beside what it then did. */
export function walkForwardText(report: WalkForwardReport): string {
  const { inSample, metrics, objective, outOfSample, plan, stopped, value, windows } = report;
  const found = windows.filter(({ inSample: chosen }) => chosen !== null).length;
  const closed = windows.reduce((sum, { outOfSample: test }) => sum + (test?.closedAtEnd ?? 0), 0);
  return [
    `${headOf(report)}: walk-forward ${plan}, ${windows.length} windows ${howOf(report)}.`,
    ...(stopped ? ['Stopped before its end.'] : []),
    ...(found < windows.length ? [`In ${windows.length - found} windows nothing was found and nothing traded.`] : []),
    table(
      [
        'trained from',
        'tested from',
        'to',
        'parameters',
        `${objective} in`,
        'out',
        'return in',
        'out',
        'trades in',
        'out',
      ],
      windows.map(({ inSample: chosen, outOfSample: test, ...window }) => [
        dayOf(window.train.from),
        dayOf(window.test.from),
        dayOf(window.test.to),
        chosen === null ? 'nothing found' : pointText(chosen.params),
        figure(chosen?.value),
        figure(test?.value),
        percent(chosen?.metrics?.totalReturn),
        percent(test?.metrics.totalReturn),
        chosen?.metrics?.trades,
        test?.metrics.trades,
      ]),
    ),
    ...windows.flatMap(({ failure, test }) => (failure === null ? [] : [failureText(test.from, failure)])),
    `Mean ${objective} in sample ${figure(inSample)}, out of sample ${figure(outOfSample)}.`,
    `All tests on one account: ${objective} ${figure(value)}, return ${percent(metrics.totalReturn)}, CAGR ${percent(metrics.cagr)}, Sharpe ${figure(metrics.sharpe)}, max drawdown ${percent(metrics.maxDrawdown)}, ${metrics.trades} trades.`,
    ...(closed === 0
      ? []
      : [
          `${closed} of these trades were open when their test ended, and were closed there with taker fee and slippage.`,
        ]),
  ].join('\n');
}

function failureText(from: string, { failed, message }: NonNullable<WalkForwardReport['windows'][number]['failure']>) {
  const what =
    failed === 'threw' ? 'the strategy threw and did nothing more' : 'the strategy failed and nothing traded';
  return `In the test from ${dayOf(from)} ${what}: ${message}`;
}

function dayOf(iso: string): string {
  return iso.replace(/T00:00:00\.000Z$/, '').replace(/:00\.000Z$/, 'Z');
}
