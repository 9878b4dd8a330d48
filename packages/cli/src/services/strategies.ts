import { builtinStrategies } from '@alpha-engine/strategies';
import { describeParams, type ParamDescription } from '../plugins/describe-params.js';
import { type LoadedStrategy, loadStrategy } from '../plugins/load-strategy.js';

export interface StrategySummary {
  readonly name: string;
  /** What its signals are signed with. */
  readonly label: string;
  readonly description: string;
}

export interface StrategyDescription extends StrategySummary, Pick<LoadedStrategy, 'origin' | 'location' | 'codeHash'> {
  readonly params: readonly ParamDescription[];
}

export function listStrategies(): readonly StrategySummary[] {
  return builtinStrategies.map(({ name, label, description }) => ({ name, label, description }));
}

export async function showStrategy(name: string, folder: string): Promise<StrategyDescription> {
  const { strategy, origin, location, codeHash } = await loadStrategy(name, folder);
  const { label, description } = strategy;
  return { name: strategy.name, label, description, origin, location, codeHash, params: describeParams(strategy) };
}
