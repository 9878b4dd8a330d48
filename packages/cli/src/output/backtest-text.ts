import { faultText } from '@alpha-engine/backtest';
import type { BacktestReport } from '../services/backtest.js';
import { table } from './table.js';

const DAY_MS = 86_400_000;

/** The report for people. What a sample is too small for is "not available". */
export function backtestText(report: BacktestReport): string {
  const { assumptions, bars, data, denials, failures, metrics, openTrades, signals, strategy, symbol, timeframe } =
    report;
  const params = Object.entries(strategy.params ?? {}).map(([name, value]) => `${name}=${String(value)}`);
  const lines = [
    `${[strategy.name, ...params].join(' ')} on ${symbol} ${timeframe}: ${bars} bars, ${report.from} to ${report.to}`,
    ...failures.map(({ message }) => `The strategy threw and was halted: ${message}`),
    table(['figure', 'value'], rowsOf(metrics)),
    `${signals} signals, ${report.orders.length} orders, ${denials.length} denials${countsOf(denials.map(({ code }) => code))}, ${openTrades.length} positions open at the end.`,
    ...report.alarms.slice(0, 5).map((alarm) => `Alarm: ${alarm}`),
    '',
    'Assumptions',
    ...assumptions.map((assumption) => `- ${assumption}`),
    '',
    'Data',
    ...data.flatMap(({ columns, faults, file, first, gaps, last, notes, rows, sha256 }) => [
      `- ${file}: ${rows} rows, ${first} to ${last}, ${sha256 === null ? '' : `SHA-256 ${sha256.slice(0, 16)}…; `}${columns.join(', ')}`,
      `  ${gaps.count} gaps${gaps.count === 0 ? '' : `, the longest of ${(gaps.longestMs / DAY_MS).toFixed(2)} days`}; ${faults.length === 0 ? 'no bad rows' : `left out: ${faults.map(faultText).join('; ')}`}`,
      ...notes.map((note) => `  ${note}`),
    ]),
  ];
  return lines.join('\n');
}

function rowsOf(metrics: BacktestReport['metrics']): readonly (readonly [string, string])[] {
  return [
    ['initial equity', number(metrics.initialEquity)],
    ['final equity', number(metrics.finalEquity)],
    ['equity peak', number(metrics.equityPeak)],
    ['return', percent(metrics.totalReturn)],
    ['buy and hold', percent(metrics.buyAndHoldReturn)],
    ['CAGR', percent(metrics.cagr)],
    ['volatility, yearly', percent(metrics.volatility)],
    ['Sharpe ratio', number(metrics.sharpe)],
    ['Sortino ratio', number(metrics.sortino)],
    ['Calmar ratio', number(metrics.calmar)],
    ['maximum drawdown', percent(metrics.maxDrawdown)],
    ['average drawdown', percent(metrics.averageDrawdown)],
    ['longest drawdown', days(metrics.longestDrawdownMs)],
    ['average drawdown lasts', days(metrics.averageDrawdownMs)],
    ['tail ratio', number(metrics.tailRatio)],
    ['exposure', percent(metrics.exposure)],
    ['turnover, yearly', number(metrics.turnover)],
    ['fees paid', number(metrics.feesPaid)],
    ['trades closed', String(metrics.trades)],
    ['win rate', percent(metrics.winRate)],
    ['best trade', percent(metrics.bestReturn)],
    ['worst trade', percent(metrics.worstReturn)],
    ['average trade', percent(metrics.averageReturn)],
    ['profit factor', number(metrics.profitFactor)],
    ['expectancy', number(metrics.expectancy)],
    ['SQN', number(metrics.sqn)],
    ['longest trade', days(metrics.longestDurationMs)],
    ['average trade lasts', days(metrics.averageDurationMs)],
    ['days per year', String(metrics.daysPerYear)],
  ];
}

const NOT_AVAILABLE = 'not available';

function number(value: number | null): string {
  return value === null ? NOT_AVAILABLE : value.toFixed(2);
}

function percent(value: number | null): string {
  return value === null ? NOT_AVAILABLE : `${(value * 100).toFixed(2)} %`;
}

function days(ms: number | null): string {
  return ms === null ? NOT_AVAILABLE : `${(ms / DAY_MS).toFixed(2)} days`;
}

/** ` (funds 3, short_on_spot 1)`. */
function countsOf(codes: readonly string[]): string {
  if (codes.length === 0) return '';
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return ` (${[...counts].map(([code, count]) => `${code} ${count}`).join(', ')})`;
}
