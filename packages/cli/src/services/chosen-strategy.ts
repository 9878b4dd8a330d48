import { AlphaError } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { type LoadedStrategy, loadStrategy } from '../plugins/load-strategy.js';

/** The strategy that the settings name. Throws `CONFIG_INVALID` when they name none, and `STRATEGY_*`. */
export async function chosenStrategy({ strategy }: Config, folder: string): Promise<LoadedStrategy> {
  if (strategy !== undefined) return loadStrategy(strategy, folder);
  throw new AlphaError(
    'CONFIG_INVALID',
    'No strategy is named. Say which with --strategy ma-cross or STRATEGY_NAME; `alpha strategy list` shows those there are.',
  );
}
