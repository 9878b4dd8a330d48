import { AlphaError } from '@alpha-engine/core';
import type { BacktestMetrics } from '../run/run-backtest.js';
import { type Comparison, type Expression, parseComparison, parseExpression } from './expression.js';

/** Figures an objective or a requirement may name: those of a back-test, durations in milliseconds. */
export const METRIC_NAMES = [
  'initialEquity',
  'finalEquity',
  'buyAndHoldReturn',
  'exposure',
  'turnover',
  'feesPaid',
  'totalReturn',
  'cagr',
  'volatility',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdown',
  'averageDrawdown',
  'longestDrawdownMs',
  'averageDrawdownMs',
  'tailRatio',
  'equityPeak',
  'daysPerYear',
  'days',
  'years',
  'trades',
  'winRate',
  'averageReturn',
  'bestReturn',
  'worstReturn',
  'profitFactor',
  'expectancy',
  'sqn',
  'averageDurationMs',
  'longestDurationMs',
] as const satisfies readonly (keyof BacktestMetrics)[];

/** What is looked for: the most of something, of those runs that meet every requirement. */
export interface Objective {
  readonly goal: Expression;
  readonly requirements: readonly Comparison[];
}

/** `sharpe`, `-maxDrawdown`, `totalReturn - 2 * maxDrawdown`; requirements such as `trades >= 30`. Throws `USAGE`. */
export function parseObjective(goal: string, requirements: readonly string[] = []): Objective {
  const parsed = parseExpression('--objective', goal, METRIC_NAMES);
  if (parsed.names.length === 0) {
    throw new AlphaError('USAGE', `--objective "${goal}" names no figure; there is ${METRIC_NAMES.join(', ')}.`);
  }
  return { goal: parsed, requirements: requirements.map((text) => parseComparison('--require', text, METRIC_NAMES)) };
}

/** More is better. Null: not available, because the run has no such figure. */
export function goalOf({ goal }: Objective, metrics: Partial<BacktestMetrics>): number | null {
  const value = goal.value((name) => metrics[name as (typeof METRIC_NAMES)[number]] ?? null);
  return typeof value === 'number' ? value : null;
}

/** The requirements that a run does not meet. One about a figure that the run does not have is not met. */
export function unmetOf({ requirements }: Objective, metrics: BacktestMetrics): readonly string[] {
  return requirements
    .filter((requirement) => !requirement.holds((name) => metrics[name as (typeof METRIC_NAMES)[number]]))
    .map(({ text }) => text);
}
