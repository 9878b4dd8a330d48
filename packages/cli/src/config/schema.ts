import { z } from 'zod';
import { orderSettings } from './order-settings.js';
import { processSettings } from './process-settings.js';
import { riskSettings } from './risk-settings.js';
import { infoOf, type SettingInfo } from './setting.js';
import { tradingSettings } from './trading-settings.js';

/** Every setting there is. `docs/configuration.md` is written from this, in this order. */
export const configSchema = z.strictObject({
  ...tradingSettings,
  ...orderSettings,
  ...riskSettings,
  ...processSettings,
});

export type Config = z.output<typeof configSchema>;
export type SettingKey = keyof Config;

/** In the order of the reference page. */
export const SETTING_KEYS = Object.keys(configSchema.shape) as readonly SettingKey[];

export function settingInfo(key: SettingKey): SettingInfo {
  const found = infoOf(configSchema.shape[key]);
  if (found === undefined) throw new Error(`Setting ${key} has no description.`);
  return found;
}
