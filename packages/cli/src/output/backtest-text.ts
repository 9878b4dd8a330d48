import { faultText, linesText } from '@alpha-engine/backtest';
import type { BacktestReport } from '../services/backtest.js';
import { table } from './table.js';

const DAY_MS = 86_400_000;

/** The report for people. What a sample is too small for is "not available". */
export function backtestText(report: BacktestReport): string {
  const { alarms, assumptions, bars, byStrategy, bySymbol, denials, failures, metrics, openTrades, signals } = report;
  const lines = [
    ...report.warnings.map((warning) => `Warning: ${warning}`),
    ...report.strategies.map((strategy) => `${strategyText(strategy)} on ${strategy.symbols.join(', ')}`),
    `${bars} bars of ${report.timeframe}, ${report.from} to ${report.to}`,
    ...failures.map(({ instanceId, message, time }) => `${instanceId} threw at ${time} and was halted: ${message}`),
    table(['figure', 'value'], figureRows(metrics)),
    ...partsText('strategy', byStrategy),
    ...partsText('symbol', bySymbol),
    `${signals} signals, ${report.orders.length} orders, ${denials.length} denials${countsOf(denials.map(({ code }) => code))}, ${openTrades.length} positions open at the end.`,
    ...alarms.slice(0, 5).map((alarm) => `Alarm: ${alarm}`),
    '',
    'Trading rules and limits',
    ...report.instruments.map((instrument) => `- ${instrumentText(instrument)}`),
    `- ${limitsText(report.limits)}`,
    '',
    'Assumptions',
    ...assumptions.map((assumption) => `- ${assumption}`),
    '',
    'Data',
    ...report.data.flatMap(dataText),
  ];
  return lines.join('\n');
}

function strategyText({ label, name, params }: BacktestReport['strategies'][number]): string {
  const values = Object.entries(params ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  return [label === name ? name : `${label} (${name})`, ...values].join(' ');
}

/** A table where there is more than the whole to tell. */
function partsText(what: string, parts: BacktestReport['byStrategy']): readonly string[] {
  if (parts.length < 2) return [];
  const rows = parts.map(({ expectancy, feesPaid, name, openTrades, profit, profitFactor, trades, winRate }) => [
    ...[name, number(profit), number(feesPaid), trades, openTrades],
    ...[percent(winRate), number(profitFactor), number(expectancy)],
  ]);
  return [table([what, 'profit', 'fees', 'trades', 'open', 'win rate', 'profit factor', 'expectancy'], rows)];
}

function instrumentText(rules: BacktestReport['instruments'][number]): string {
  const { kind, makerFeeRate, maxSize, minSize, rulesOf, sizeStep, symbol, takerFeeRate, tickSize } = rules;
  const whose = rulesOf === null ? '' : `; as ${rulesOf} lists it, where no flag says otherwise`;
  return `${symbol}: ${kind}, tick ${tickSize}, sizes from ${minSize} to ${maxSize} in steps of ${sizeStep}, fee ${rate(takerFeeRate)}, of a resting order ${rate(makerFeeRate)}${whose}`;
}

function limitsText(limits: BacktestReport['limits']): string {
  const held = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return held.length === 0
    ? 'No limit of loss or exposure is set; a live engine has some: --limits engine.'
    : `Limits held: ${held.join(', ')}.`;
}

function dataText({ columns, faults, file, first, gaps, last, notes, rows, sha256 }: BacktestReport['data'][number]) {
  return [
    `- ${file}: ${rows} rows, ${first} to ${last}, ${sha256 === null ? '' : `SHA-256 ${sha256.slice(0, 16)}…; `}${columns.join(', ')}`,
    `  ${gapsText(gaps)}; ${faults.length === 0 ? 'no bad rows' : `left out: ${faults.map(faultText).join('; ')}`}`,
    ...notes.map((note) => `  ${note}`),
  ];
}

function gapsText({ count, lines = [], longestMs }: BacktestReport['data'][number]['gaps']): string {
  if (count === 0) return '0 gaps';
  const where = lines.length === 0 ? '' : ` (before ${linesText(lines, count)})`;
  return `${count} gap${count === 1 ? '' : 's'}${where}, the longest of ${(longestMs / DAY_MS).toFixed(2)} days`;
}

export function figureRows(metrics: BacktestReport['metrics']): readonly (readonly [string, string])[] {
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
    ['Kelly', percent(metrics.kelly)],
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

/** `0.05 %` of `0.0005`. */
function rate(fraction: string): string {
  return `${Number((Number(fraction) * 100).toPrecision(12))} %`;
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
