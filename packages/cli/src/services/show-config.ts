import { parseParams } from '@alpha-engine/core';
import type { LoadedConfig } from '../config/load-config.js';
import { type Config, SETTING_KEYS, settingInfo } from '../config/schema.js';
import { loadStrategy } from '../plugins/load-strategy.js';

export interface ShownSetting {
  readonly path: string;
  /** A secret is `***` here already. */
  readonly value: unknown;
  readonly source: string;
  readonly env: string;
}

export function showConfig({ config, sources }: LoadedConfig): readonly ShownSetting[] {
  return SETTING_KEYS.map((path) => ({
    path,
    // Through JSON, so that decimals become text and secrets `***`.
    value: config[path] === undefined ? null : JSON.parse(JSON.stringify(config[path])),
    source: sources[path],
    env: settingInfo(path).env,
  }));
}

export interface ConfigVerdict {
  readonly ok: true;
  /** The strategy that was loaded and whose parameters were checked; null when none is set. */
  readonly strategy: string | null;
}

export async function checkConfig(config: Config, folder: string): Promise<ConfigVerdict> {
  if (config.strategy === undefined) return { ok: true, strategy: null };
  const { strategy } = await loadStrategy(config.strategy, folder);
  parseParams(strategy, config.strategyParams);
  return { ok: true, strategy: strategy.name };
}
