import {
  type Check,
  Decimal,
  defaultLimits,
  type Exposure,
  type Halt,
  type HaltCause,
  type Intent,
  type OrderTerms,
  type RiskLimits,
  type RiskView,
} from '@alpha-engine/core';
import { openingOf } from '../../src/risk/opening.js';
import { BTC_JPY, T0 } from '../execution/bench.js';

const CAPITAL = Decimal.of('1000000');
/** Quote at which the bench trades, quote per base. */
export const PRICE = 6_000_000;

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
    confidence: 1,
    priceRef: PRICE,
    orders: [termsOf()],
    ...changes,
  };
}

export const exitIntent = intentOf({ action: 'exit', orders: [closing] });

/** An entry by an order of another kind than a market order. */
export function entryOf(changes: Partial<OrderTerms>): Intent {
  return intentOf({ orders: [termsOf(changes)] });
}

export function limitsOf(changes: Partial<RiskLimits> = {}): RiskLimits {
  return { ...defaultLimits(CAPITAL), ...changes };
}

export function exposureOf(changes: Partial<Exposure> = {}): Exposure {
  const { zero } = Decimal;
  return { size: zero, symbol: zero, strategy: zero, account: zero, free: CAPITAL, ...changes };
}

export function haltOf(cause: HaltCause, reason = 'Because.'): Halt {
  return { cause, reason, sinceTs: T0 };
}

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
    limits: limitsOf(),
    halts: [],
    closed: null,
    quote: { bid: PRICE, ask: PRICE, ts: T0 },
    prices: { bid: Decimal.of(PRICE), ask: Decimal.of(PRICE), mid: Decimal.of(PRICE) },
    feedProblem: null,
    clockSkewMs: 0,
    reconciled: true,
    orderKinds: null,
    working: [],
    exposure: exposureOf(),
    openingsOfMinute: 0,
    drawdown: Decimal.zero,
    dailyLoss: Decimal.zero,
    losingStreak: 0,
    lastLossTs: null,
    ...changes,
  };
}

export function denies(check: Check, intent: Intent, view: RiskView): string | undefined {
  return check.review(intent, view, openingOf(intent, view.prices)).denied;
}
