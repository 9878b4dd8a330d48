import { Decimal, type ExecutorConfig, type RiskLimits } from '@alpha-engine/core';
import { ORDER_KINDS } from '@alpha-engine/core/simulation';
import type { BacktestOptions } from './backtest-options.js';

/** More than any account comes to. */
const ENDLESS = Decimal.of('1e30');

/** In virtual time nothing is late and nobody is in a hurry: what the gate checks of that, and limits nobody set, hold nothing back. */
const NO_LIMITS: Partial<RiskLimits> = {
  maxOrderValue: ENDLESS,
  maxSymbolExposure: ENDLESS,
  maxStrategyExposure: ENDLESS,
  maxAccountExposure: ENDLESS,
  maxDailyLoss: ENDLESS,
  maxOpenOrders: Number.MAX_SAFE_INTEGER,
  maxOrdersPerMinute: Number.MAX_SAFE_INTEGER,
  maxPriceDeviation: Number.MAX_SAFE_INTEGER,
};

export function executorConfig(options: BacktestOptions): ExecutorConfig {
  const { instruments, sizing, protect, limits, maxDrawdown, maxPositionSize, cash } = options;
  return {
    exchange: instruments[0]?.exchange ?? '',
    instruments,
    orderSize: sizing.kind === 'fixed' ? sizing.size : Decimal.zero,
    sizing,
    ...(protect && { protect }),
    maxPositionSize: maxPositionSize === undefined ? ENDLESS : Decimal.of(maxPositionSize),
    maxDrawdown: maxDrawdown === undefined ? ENDLESS : Decimal.of(maxDrawdown),
    limits: { ...NO_LIMITS, ...limits },
    capital: Decimal.of(cash),
    maxSignalAgeMs: Number.MAX_SAFE_INTEGER,
    maxDataAgeMs: Number.MAX_SAFE_INTEGER,
    inDoubtHorizonMs: 0,
    exclusive: true,
    orderKinds: Object.fromEntries(instruments.map(({ symbol }) => [symbol, ORDER_KINDS])),
  };
}
