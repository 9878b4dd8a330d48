import { type Check, type CheckResult, Decimal, type Intent, type OrderTerms, type RiskView } from '@alpha-engine/core';
import { BTC_JPY, T0 } from '../execution/bench.js';

export function termsOf(changes: Partial<OrderTerms> = {}): OrderTerms {
  return {
    clientOrderId: 'c1',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    strategy: 'ma-cross',
    signalId: 's1',
    leg: 0,
    side: 'buy',
    effect: 'open',
    purpose: 'entry',
    type: 'market',
    timeInForce: 'ioc',
    size: Decimal.of('0.01'),
    createdTs: T0,
    ...changes,
  };
}

export const closing = termsOf({
  clientOrderId: 'c2',
  side: 'sell',
  effect: 'close',
  purpose: 'exit',
  positionId: 'p1',
});

export function intentOf(changes: Partial<Intent> = {}): Intent {
  return {
    signalId: 's1',
    strategy: 'ma-cross',
    symbol: 'BTC_JPY',
    action: 'enter_long',
    signalTs: T0,
    orders: [termsOf()],
    ...changes,
  };
}

export const exitIntent = intentOf({ action: 'exit', orders: [closing] });

/** A view in which everything is well. */
export function viewOf(changes: Partial<RiskView> = {}): RiskView {
  return {
    now: T0,
    instrument: BTC_JPY,
    duplicate: false,
    maxSignalAgeMs: 5_000,
    maxDataAgeMs: 5_000,
    maxPositionSize: Decimal.of('0.05'),
    maxDrawdown: Decimal.of('0.2'),
    halt: null,
    quoteTs: T0,
    feedProblem: null,
    reconciled: true,
    exposure: Decimal.zero,
    drawdown: Decimal.zero,
    drawdownStopped: false,
    ...changes,
  };
}

export function denies(check: Check, intent: Intent, view: RiskView): string | undefined {
  const result: CheckResult = check.review(intent, view);
  return result.denied;
}
