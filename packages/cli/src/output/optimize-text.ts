import type { Point } from '@alpha-engine/backtest/search';
import type { OptimizeReport } from '../services/optimize.js';
import { fittingTable } from './table.js';

/** The report of a search for people, its table at most `width` wide. What a run does not have is "not available". */
export function optimizeText(report: OptimizeReport, width: number): string {
  const { objective, trials } = report;
  return [
    ...report.warnings.map((warning) => `Warning: ${warning}`),
    `${headOf(report)}: ${trials} trials of ${report.bars === null ? `${report.events} events` : `${report.bars} bars`} ${howOf(report)}.`,
    ...(report.stopped
      ? [`Stopped before its end.${report.out === null ? '' : ` The same command goes on from ${report.out}.`}`]
      : []),
    ...whatWentWrong(report),
    verdict(report),
    ...(trials > report.failed ? [tableOf(report, width)] : []),
    ...overfitLines(report),
    ...(report.best === null
      ? []
      : [
          `The best of ${trials} trials looks better than it is: the more are tried, the more chance there is in the best ${objective}. docs/optimize.md says how to tell.`,
        ]),
  ].join('\n');
}

/** `ma-cross on BTC 1h`. */
export function headOf({ strategies, timeframe }: Pick<OptimizeReport, 'strategies' | 'timeframe'>): string {
  return `${strategies.map(({ name, symbols }) => `${name} on ${symbols.join(', ')}`).join('; ')} ${timeframe}`;
}

export function howOf({
  sampler,
  seconds,
  seed,
  threads,
}: Pick<OptimizeReport, 'sampler' | 'seconds' | 'seed' | 'threads'>): string {
  return `by ${sampler} (seed ${seed}) in ${seconds.toFixed(1)} s on ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

/** `fast=5 slow=20`. */
export function pointText(point: Point): string {
  return Object.entries(point)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function overfitLines({ overfit }: OptimizeReport): readonly string[] {
  if (overfit === null) return [];
  const { bootstrap, deflatedSharpe, randomEntries } = overfit;
  return [
    bootstrap === null
      ? 'Bootstrap over its trades: not available, it has fewer than 10.'
      : `Bootstrap over its trades, 95 % of ${bootstrap.samples}: expectancy ${figure(bootstrap.expectancy.low)} to ${figure(bootstrap.expectancy.high)}, return ${percent(bootstrap.totalReturn.low)} to ${percent(bootstrap.totalReturn.high)}, max drawdown ${percent(bootstrap.maxDrawdown.low)} to ${percent(bootstrap.maxDrawdown.high)}.`,
    randomEntries === null
      ? 'Random entries: not available.'
      : `Random entries: its average trade is ${percent(randomEntries.own)}, ${percent(randomEntries.byChance.low)} to ${percent(randomEntries.byChance.high)} at moments by chance; p = ${figure(randomEntries.pValue)}.`,
    deflatedSharpe === null
      ? 'Deflated Sharpe ratio: not available.'
      : `Deflated Sharpe ratio: the best of ${deflatedSharpe.trials} trials without skill would have ${figure(deflatedSharpe.byChance)}; this one is above it with a probability of ${percent(deflatedSharpe.probability)}.`,
  ];
}

function verdict({ best, found, objective, require, trials, notAvailable, unmet, failed }: OptimizeReport): string {
  if (best !== null) {
    const met = require.length === 0 ? '' : ` among the ${found} trials that meet ${require.join(' and ')}`;
    return `Best ${objective}${met}: ${figure(best.value)} with ${pointText(best.params)}.`;
  }
  if (trials === 0) return 'No trial was finished.';
  if (failed === trials) return `Nothing was found: all ${trials} trials failed.`;
  if (notAvailable + failed === trials) return `Nothing was found: ${objective} is not available in any of the trials.`;
  return `Nothing was found: none of the ${unmet} trials with a value of ${objective} meets ${require.join(' and ')}.`;
}

function whatWentWrong({ failures, refused, notAvailable, objective, trials }: OptimizeReport): readonly string[] {
  const first = refused.examples[0];
  return [
    ...(first === undefined
      ? []
      : [`${refused.count} points are not taken. The first, ${pointText(first.point)}: ${first.why}`]),
    ...failures.map(
      ({ at, count, first: point, message, reason }) =>
        `${count} ${count === 1 ? 'trial' : 'trials'} failed, the first with ${pointText(point)}: ${reason === 'threw' ? `the strategy threw${at === undefined ? '' : ` at ${at}`}: ` : ''}${message}`,
    ),
    ...(notAvailable > 0 && notAvailable < trials ? [`In ${notAvailable} trials ${objective} is not available.`] : []),
  ];
}

function tableOf({ objective, top }: OptimizeReport, width: number): string {
  type Row = (typeof top)[number];
  const names = Object.keys(top[0]?.params ?? {});
  const column = (head: string, spare: number, cell: (row: Row, place: number) => unknown) => ({ head, spare, cell });
  return fittingTable<Row>(
    [
      column('', 0, (_row, place) => place + 1),
      ...names.map((name) => column(name, 0, ({ params }) => params[name])),
      column(objective, 0, ({ value }) => figure(value)),
      ...(objective === 'totalReturn' ? [] : [column('return', 1, ({ metrics }) => percent(metrics?.totalReturn))]),
      ...(objective === 'cagr' ? [] : [column('CAGR', 5, ({ metrics }) => percent(metrics?.cagr))]),
      ...(objective === 'sharpe' ? [] : [column('Sharpe', 4, ({ metrics }) => figure(metrics?.sharpe))]),
      column('max drawdown', 3, ({ metrics }) => percent(metrics?.maxDrawdown)),
      ...(objective === 'trades' ? [] : [column('trades', 2, ({ metrics }) => metrics?.trades)]),
      column('remark', 0, remarkOf),
    ],
    // What failed was told above.
    top.filter(({ failure }) => failure === undefined),
    width,
  );
}

function remarkOf({ standing, unmet }: OptimizeReport['top'][number]): string {
  return standing === 'unmet' ? `not ${unmet.join(', ')}` : '';
}

export function figure(value: number | null | undefined): string {
  if (value === undefined || value === null) return 'not available';
  return Math.abs(value) >= 1_000 ? value.toFixed(2) : String(Number(value.toPrecision(5)));
}

export function percent(value: number | null | undefined): string {
  return value === undefined || value === null ? 'not available' : `${(value * 100).toFixed(2)} %`;
}
