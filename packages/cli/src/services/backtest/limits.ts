import type { BacktestOptions } from '@alpha-engine/backtest';
import { Decimal, defaultLimits } from '@alpha-engine/core';
import { LIMIT_SETTINGS } from '../../config/limit-settings.js';
import type { Config } from '../../config/schema.js';
import { riskLimits } from '../engine-settings.js';
import type { BacktestRequest } from './request.js';

type HeldLimits = Pick<BacktestOptions, 'limits' | 'maxDrawdown' | 'maxPositionSize'>;

/**
 * What the gate holds a run to. `set`: the limits that a flag, the environment or the configuration file gives; `engine`: those, and for the
 * others what `alpha engine` takes; `none`: none.
 */
export function limitsOf({ config, limits, sources }: BacktestRequest, cash: Decimal): HeldLimits {
  if (limits === 'none') return {};
  const keys = LIMIT_SETTINGS.filter((key) => limits === 'engine' || sources[key] !== 'default');
  const held: Partial<Config> = Object.fromEntries(keys.map((key) => [key, config[key]]));
  // Of no account where no clock is off and the exchange leaves nothing undone.
  const { maxClockSkewMs: _skew, maxExchangeErrors: _errors, ...defaults } = defaultLimits(cash);
  return {
    limits: { ...(limits === 'engine' && defaults), ...riskLimits(held) },
    ...(held.maxDrawdownPct !== undefined && { maxDrawdown: Decimal.of(held.maxDrawdownPct).dividedBy(100) }),
    ...(held.maxPositionSize !== undefined && { maxPositionSize: held.maxPositionSize }),
  };
}

/** For the report: plain values, by the names of the library. */
export function limitRows({
  limits,
  maxDrawdown,
  maxPositionSize,
}: HeldLimits): Readonly<Record<string, string | number>> {
  const all = { maxPositionSize, maxDrawdown, ...limits };
  const rows = Object.entries(all).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, typeof value === 'number' ? value : String(value)] as const],
  );
  return Object.fromEntries(rows);
}
