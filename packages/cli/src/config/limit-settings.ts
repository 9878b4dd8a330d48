import type { SettingKey } from './schema.js';

/** Settings of the gate that mean something in virtual time: nothing is late there, and no clock is off. */
export const LIMIT_SETTINGS = [
  'maxPositionSize',
  'maxDrawdownPct',
  'maxOrderValue',
  'maxSymbolExposure',
  'maxStrategyExposure',
  'maxAccountExposure',
  'maxOpenOrders',
  'maxOrdersPerMinute',
  'maxPriceDeviationPct',
  'maxDailyLoss',
  'dayStart',
  'maxLosingStreak',
  'lossCooldownMs',
  'minConfidence',
] as const satisfies readonly SettingKey[];
