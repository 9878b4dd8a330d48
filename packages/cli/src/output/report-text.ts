import type { TradedReport } from '../services/report.js';
import { figureRows } from './backtest-text.js';
import { table } from './table.js';

/** A time that was traded, for people. */
export function reportText(report: TradedReport): string {
  const { assumptions, denials, kind, metrics, notes, openTrades, orders, signals, strategies } = report;
  const names = strategies.map(({ label, symbol, timeframe }) => `${label} on ${symbol} ${timeframe}`);
  return [
    `${kind === 'live' ? 'Live' : 'Paper'} trading of ${names.join(', ')}, ${report.from} to ${report.to}`,
    table(['figure', 'value'], figureRows(metrics)),
    `${signals} signals, ${orders.length} orders, ${denials.length} denials, ${openTrades.length} positions open at the end.`,
    ...[...notes, ...assumptions].map((sentence) => `- ${sentence}`),
    ...(report.report === null ? [] : [`The page is in ${report.report}.`]),
  ].join('\n');
}
