import {
  AlphaError,
  type Balance,
  type Broker,
  Decimal,
  type ExecutorConfig,
  type InstanceSpec,
  type Instrument,
  type OrderPolicy,
  type Protect,
  type RiskLimits,
  type Sizing,
} from '@alpha-engine/core';
import { isLoopback } from '../config/is-loopback.js';
import type { Config } from '../config/schema.js';

/** The executor's limits, from the settings and from what the broker says of itself. */
export function executorConfig(config: Config, instruments: readonly Instrument[], broker: Broker): ExecutorConfig {
  return {
    exchange: config.exchange,
    instruments,
    orderSize: config.orderSize,
    sizing: sizingOf(config),
    protect: protectOf(config),
    orderPolicy: { entry: policyOf(config, config.orderPolicy), exit: policyOf(config, config.exitPolicy) },
    maxPositionSize: config.maxPositionSize,
    maxDrawdown: Decimal.of(config.maxDrawdownPct).dividedBy(100),
    limits: riskLimits(config),
    capital: config.capital,
    maxSignalAgeMs: config.maxSignalAgeMs,
    maxDataAgeMs: config.maxDataAgeMs,
    inDoubtHorizonMs: config.inDoubtHorizonMs ?? broker.horizonMs,
    exclusive: config.exclusive,
    orderKinds: Object.fromEntries(instruments.map(({ symbol }) => [symbol, broker.orderKinds(symbol)])),
  };
}

export function sizingOf({ sizing, sizingPct, sizeByConfidence: byConfidence, orderSize }: Config): Sizing {
  if (sizing === 'fixed') return { kind: sizing, size: orderSize, byConfidence };
  return { kind: sizing, fraction: Decimal.of(sizingPct).dividedBy(100), byConfidence };
}

function policyOf(config: Config, kind: OrderPolicy['kind']): OrderPolicy {
  if (kind === 'market') return { kind };
  return {
    kind,
    timeoutMs: config.orderTimeoutMs,
    reprices: Math.floor(config.orderReprices),
    lastly: config.orderLastly,
  };
}

export function protectOf({ stopLossPct, takeProfitPct, trailPct }: Config): Protect {
  return {
    ...(stopLossPct !== undefined && { stop_loss: { percent: stopLossPct } }),
    ...(takeProfitPct !== undefined && { take_profit: { percent: takeProfitPct } }),
    ...(trailPct !== undefined && { trail: { percent: trailPct } }),
  };
}

/** Those that were set; for the others core's own defaults hold, which the reference names. */
export function riskLimits(config: Partial<Config>): Partial<RiskLimits> {
  const { maxDailyLoss, maxLosingStreak, maxPriceDeviationPct } = config;
  const set = {
    maxOrderValue: config.maxOrderValue,
    maxSymbolExposure: config.maxSymbolExposure,
    maxStrategyExposure: config.maxStrategyExposure,
    maxAccountExposure: config.maxAccountExposure,
    maxOpenOrders: config.maxOpenOrders,
    maxOrdersPerMinute: config.maxOrdersPerMinute,
    maxPriceDeviation: maxPriceDeviationPct === undefined ? undefined : maxPriceDeviationPct / 100,
    maxDailyLoss,
    dayStartMs: config.dayStart,
    maxLosingStreak,
    lossCooldownMs: config.lossCooldownMs,
    minConfidence: config.minConfidence,
    maxClockSkewMs: config.maxClockSkewMs,
    maxExchangeErrors: config.maxExchangeErrors,
  };
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
}

/**
 * Throws `CONFIG_INVALID` for a horizon below the exchange's own, but with a simulator on this machine: an order given up too
 * early is placed a second time.
 */
export function assertHorizon({ inDoubtHorizonMs, restBaseUrl }: Config, { horizonMs }: Broker): void {
  if (inDoubtHorizonMs === undefined || inDoubtHorizonMs >= horizonMs) return;
  if (restBaseUrl !== undefined && isLoopback(new URL(restBaseUrl).hostname)) return;
  throw new AlphaError(
    'CONFIG_INVALID',
    `ALPHA_IN_DOUBT_HORIZON_MS is ${inDoubtHorizonMs}, and an unanswered order may take effect on this exchange for ${horizonMs} ms: it would be placed again too early. Leave the setting out, or give at least ${horizonMs}; less is for a simulator on this machine.`,
    { context: { inDoubtHorizonMs, horizonMs } },
  );
}

export interface SessionCircumstances {
  readonly config: Config;
  readonly live: boolean;
  readonly instances: readonly InstanceSpec[];
  readonly instruments: readonly Instrument[];
  /** Of the exchange; empty on paper, where the settings say them. */
  readonly balances: readonly Balance[];
}

/** What a session's row keeps: code, parameters, limits, trading rules, balances. No secrets. */
export function sessionFacts({ instances, ...rest }: SessionCircumstances): Readonly<Record<string, unknown>> {
  const facts = {
    ...rest,
    node: process.version,
    instances: instances.map(({ strategy, params, symbol, timeframe, codeHash }) => ({
      strategy: strategy.name,
      params,
      symbol,
      timeframe,
      codeHash,
    })),
  };
  // Through JSON: decimals become text, secrets `***`.
  return JSON.parse(JSON.stringify(facts));
}
