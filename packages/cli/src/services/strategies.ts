import { parseParams, parseTimeframe, type Strategy, type Timeframe } from '@alpha-engine/core';
import { builtinStrategies } from '@alpha-engine/strategies';
import { describeParams, type ParamDescription } from '../plugins/describe-params.js';
import { type LoadedStrategy, loadStrategy } from '../plugins/load-strategy.js';

export interface StrategySummary {
  readonly name: string;
  /** What its signals are signed with. */
  readonly label: string;
  readonly description: string;
}

/** Bars that a strategy reads beside those of `--timeframe`. */
export interface FurtherTimeframe {
  readonly timeframe: Timeframe;
  /** Bars of it that are needed before the first decision. */
  readonly warmup: number;
}

export interface StrategyDescription extends StrategySummary, Pick<LoadedStrategy, 'origin' | 'location' | 'codeHash'> {
  readonly params: readonly ParamDescription[];
  /** With its default parameters; null where it cannot be created with them. */
  readonly furtherTimeframes: readonly FurtherTimeframe[] | null;
}

export function listStrategies(): readonly StrategySummary[] {
  return builtinStrategies.map(({ name, label, description }) => ({ name, label, description }));
}

export async function showStrategy(name: string, folder: string): Promise<StrategyDescription> {
  const { strategy, origin, location, codeHash } = await loadStrategy(name, folder);
  const { label, description } = strategy;
  const params = describeParams(strategy);
  const furtherTimeframes = furtherOf(strategy);
  return { name: strategy.name, label, description, origin, location, codeHash, params, furtherTimeframes };
}

function furtherOf(strategy: Strategy): readonly FurtherTimeframe[] | null {
  try {
    const { timeframes = {} } = strategy.create(parseParams(strategy, {}));
    return Object.entries(timeframes).map(([name, { warmup = 0 }]) => ({ timeframe: parseTimeframe(name), warmup }));
  } catch {
    return null;
  }
}
