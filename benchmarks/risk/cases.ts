import {
  Decimal,
  defaultLimits,
  type Instrument,
  type Intent,
  type OrderKind,
  type OrderTerms,
  type Prices,
  type RiskView,
} from '@alpha-engine/core';

/** One signal as the gate meets it. */
export interface Case {
  readonly intent: Intent;
  readonly view: RiskView;
}

const NOW = 1_732_312_345_000;
const MID = 6_000_000;
const STEP = Decimal.of('0.0001');
const CAPITAL = Decimal.of('10000000');

const BTC_JPY: Instrument = {
  ...{ exchange: 'gmo', symbol: 'BTC_JPY', kind: 'leverage', base: 'BTC', quote: 'JPY' },
  ...{ tickSize: Decimal.of(1), sizeStep: STEP, minSize: Decimal.of('0.001'), maxSize: Decimal.of(5) },
  ...{ takerFeeRate: Decimal.of('0.0004'), makerFeeRate: Decimal.zero, marginRate: Decimal.of('0.5') },
};

/** As one engine has them for all its signals. */
const LIMITS = { ...defaultLimits(CAPITAL), maxLosingStreak: 5, lossCooldownMs: 60_000, minConfidence: 0.5 };
const MAX_POSITION_SIZE = Decimal.of('0.05');
const MAX_DRAWDOWN = Decimal.of('0.2');
const DRAWDOWN = Decimal.of('0.0123');

const KINDS: readonly OrderKind[] = (['open', 'close'] as const).flatMap((effect) => [
  { type: 'market', timeInForce: 'ioc', effect, amend: false },
  { type: 'stop', timeInForce: 'ioc', effect, amend: true },
  { type: 'limit', timeInForce: 'gtc', effect, amend: true },
]);

/**
 * Entries by limit and by market order, in turn, that every check lets pass: no check ends early. Positions are open, a stop, a target and an
 * entry rest, every limit is set, and no two of the cases have the same prices or sizes. Written without spreads, as the engine makes them:
 * an object that is put together of several is slow to read.
 */
export function makeCases(count: number): readonly Case[] {
  return Array.from({ length: count }, (_, number) => {
    const bid = MID + (number % 97) * 3;
    const quote = { bid, ask: bid + 1 + (number % 5), ts: NOW - (number % 1000) };
    const prices = { bid: Decimal.of(bid), ask: Decimal.of(quote.ask), mid: Decimal.of((bid + quote.ask) / 2) };
    return { intent: intentOf(number, prices.bid), view: viewOf(number, quote, prices) };
  });
}

function intentOf(number: number, bid: Decimal): Intent {
  return {
    signalId: `signal-${number}`,
    strategy: 'ma-cross',
    symbol: BTC_JPY.symbol,
    action: 'enter_long',
    signalTs: NOW - 5,
    confidence: 0.72,
    priceRef: bid.toNumber(),
    orders: [orderOf(number, bid)],
  };
}

function orderOf(number: number, bid: Decimal): OrderTerms {
  const kind =
    number % 2 === 0
      ? ({ type: 'limit', timeInForce: 'gtc', price: bid.minus(number % 7) } as const)
      : ({ type: 'market', timeInForce: 'ioc' } as const);
  return {
    clientOrderId: `order-${number}`,
    exchange: BTC_JPY.exchange,
    symbol: BTC_JPY.symbol,
    strategy: 'ma-cross',
    signalId: `signal-${number}`,
    leg: 0,
    side: 'buy',
    effect: 'open',
    purpose: 'entry',
    size: STEP.times(10 + (number % 250)),
    createdTs: NOW,
    ...kind,
  };
}

function viewOf(number: number, quote: NonNullable<RiskView['quote']>, prices: Prices): RiskView {
  const held = STEP.times((number % 40) + 1);
  const worth = held.times(prices.mid);
  return {
    now: NOW,
    instrument: BTC_JPY,
    duplicate: false,
    maxSignalAgeMs: 5_000,
    maxDataAgeMs: 5_000,
    maxPositionSize: MAX_POSITION_SIZE,
    maxDrawdown: MAX_DRAWDOWN,
    limits: LIMITS,
    halts: [],
    closed: null,
    quote,
    prices,
    feedProblem: null,
    clockSkewMs: 3,
    reconciled: true,
    orderKinds: KINDS,
    working: [
      { side: 'sell', type: 'stop', price: null },
      { side: 'sell', type: 'limit', price: prices.ask.plus(50_000) },
      { side: 'buy', type: 'limit', price: prices.bid.minus(50) },
    ],
    exposure: { size: held, symbol: worth, strategy: worth, account: worth, free: CAPITAL.minus(worth) },
    openingsOfMinute: number % 100,
    drawdown: DRAWDOWN,
    dailyLoss: Decimal.of(12_345 + number),
    losingStreak: 2,
    lastLossTs: NOW - 3_600_000,
  };
}
