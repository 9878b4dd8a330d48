import { Flags, type Interfaces } from '@oclif/core';
import { type SettingKey, settingInfo } from './schema.js';

type SettingFlags = Record<string, Interfaces.Flag<unknown>>;

/** Flags of these settings, by flag name. They carry text; the schema reads it, as it reads the environment. */
export function settingFlags(keys: readonly SettingKey[]): SettingFlags {
  const flags: Record<string, unknown> = {};
  for (const key of keys) {
    const { flag, env, type, description } = settingInfo(key);
    if (flag === undefined) continue;
    const common = { description: `${description} [env: ${env}]`, helpGroup: 'SETTINGS' };
    const helpValue = `<${type}>`;
    if (type === 'true / false') flags[flag] = Flags.boolean({ ...common, allowNo: true });
    else if (flag === 'param')
      flags[flag] = Flags.string({ ...common, helpValue, multiple: true, multipleNonGreedy: true });
    else flags[flag] = Flags.string({ ...common, helpValue });
  }
  return flags as SettingFlags;
}
