import { type Broker, Decimal, type ExecutorConfig, type InstanceSpec, type Instrument } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';

/** The executor's limits, from the settings and from what the broker says of itself. */
export function executorConfig(config: Config, instruments: readonly Instrument[], broker: Broker): ExecutorConfig {
  return {
    exchange: config.exchange,
    instruments,
    orderSize: config.orderSize,
    maxPositionSize: config.maxPositionSize,
    maxDrawdown: Decimal.of(config.maxDrawdownPct).dividedBy(100),
    capital: config.capital,
    maxSignalAgeMs: config.maxSignalAgeMs,
    maxDataAgeMs: config.maxDataAgeMs,
    inDoubtHorizonMs: config.inDoubtHorizonMs ?? broker.horizonMs,
    exclusive: config.exclusive,
    timeInForce: { market: broker.timeInForce('market'), limit: broker.timeInForce('limit') },
  };
}

/** What a session's row keeps of the circumstances: code, parameters, limits, trading rules. No secrets. */
export function sessionFacts(
  config: Config,
  live: boolean,
  instances: readonly InstanceSpec[],
  instruments: readonly Instrument[],
): Readonly<Record<string, unknown>> {
  const facts = {
    node: process.version,
    live,
    config,
    instances: instances.map(({ strategy, params, symbol, timeframe, codeHash }) => ({
      strategy: strategy.name,
      params,
      symbol,
      timeframe,
      codeHash,
    })),
    instruments,
  };
  // Through JSON: decimals become text, secrets `***`.
  return JSON.parse(JSON.stringify(facts));
}
