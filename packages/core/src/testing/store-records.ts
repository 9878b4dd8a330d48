import { Decimal } from '../decimal/decimal.js';
import type { TradeEvent } from '../events/market.js';
import { ORDER_REQUESTS, type OrderEvent } from '../events/order.js';
import type { FillRecord, VerdictRecord } from '../execution/executor-types.js';
import type { Bar } from '../market/bar.js';
import type { Order, OrderTerms } from '../orders/order.js';
import type { Ownership, StepRecord } from '../store/store.js';
import type { SignalRecord } from '../strategy/runner-types.js';

/*
 * Records for tests of a Store, made from one number: the same number gives the same keys, and record n of one kind points
 * at record n of the kind before (fill → order → signal → bar).
 */

const MINUTE = 60_000;
export const START = 1_732_312_320_000;

export function barOf(n: number): Bar {
  const open = 6_123_456 + n;
  return {
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    timeframe: '1m',
    openTs: START + n * MINUTE,
    closeTs: START + (n + 1) * MINUTE,
    open,
    high: open + 0.1 + 0.2,
    low: open - 1e-7,
    close: open + 1 / 3,
    volume: 5e-324,
    trades: n,
  };
}

export function signalOf(n: number): SignalRecord {
  const bar = barOf(n);
  return {
    event: {
      type: 'signal',
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      ts: bar.closeTs,
      seq: n + 1,
      id: `signal-${n}`,
      strategy: 'breakout_v1',
      action: 'enter_long',
      confidence: 0.72,
      price_ref: bar.close,
      meta: { reason: 'donchian_break', lookback: 20 },
    },
    instanceId: 'instance-1',
    bar: { timeframe: '1m', openTs: bar.openTs },
  };
}

export function verdictOf(n: number, approved = true): VerdictRecord {
  return {
    signalId: `signal-${n}`,
    approved,
    ...(approved ? {} : { code: 'SIGNAL_TOO_OLD', message: 'The signal is too old.' }),
    inputs: { signal_age: { ageMs: 12, limit: 1000 } },
    ts: barOf(n).closeTs + 1,
  };
}

export function termsOf(n: number): OrderTerms {
  return {
    clientOrderId: `order-${n}`,
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    strategy: 'breakout_v1',
    signalId: `signal-${n}`,
    leg: 0,
    side: 'buy',
    effect: 'open',
    purpose: 'entry',
    type: 'limit',
    timeInForce: 'post_only',
    size: Decimal.of('0.000000000000000001'),
    price: Decimal.of('123456789012345678901234567890.123456789'),
    positionId: 'lot-1',
    createdTs: barOf(n).closeTs + 1,
  };
}

export function pendingOrder(n: number): Order {
  return {
    terms: termsOf(n),
    status: 'PENDING',
    request: 'none',
    filledSize: Decimal.zero,
    updatedTs: barOf(n).closeTs + 1,
  };
}

export function filledOrder(n: number): Order {
  const terms = termsOf(n);
  return {
    terms,
    status: 'FILLED',
    request: 'none',
    exchangeOrderId: `exchange-${n}`,
    filledSize: terms.size,
    averagePrice: Decimal.of('6123456.5'),
    updatedTs: barOf(n).closeTs + 9,
  };
}

/** One order per status and per request, ascending in time. */
export function everyOrder(): readonly Order[] {
  const exchangeOrderId = 'exchange-1';
  const averagePrice = Decimal.of('0.5');
  const base = (n: number) => ({
    terms: termsOf(n),
    request: ORDER_REQUESTS[n % ORDER_REQUESTS.length]!,
    filledSize: Decimal.of('0.00000001'),
    updatedTs: START + n,
  });
  const { price: _price, positionId: _positionId, ...market } = termsOf(10);
  return [
    { ...base(0), status: 'PENDING' },
    { ...base(1), status: 'SUBMITTED', sentTs: START, sentWallTs: START + 5 },
    { ...base(2), status: 'NEW', exchangeOrderId },
    { ...base(3), status: 'PARTIALLY_FILLED', exchangeOrderId, averagePrice },
    { ...base(4), status: 'FILLED', exchangeOrderId, averagePrice },
    { ...base(5), status: 'CANCELED', exchangeOrderId, reason: '' },
    { ...base(6), status: 'CANCELED', exchangeOrderId, averagePrice, reason: 'user' },
    { ...base(7), status: 'EXPIRED', exchangeOrderId, reason: 'FOK' },
    { ...base(8), status: 'REJECTED', reason: 'ERR-201' },
    { ...base(9), status: 'VOID', reason: 'no trace', exchangeOrderId, averagePrice },
    {
      ...base(10),
      terms: { ...market, type: 'market', timeInForce: 'ioc', purpose: 'exit', leg: 2, side: 'sell', effect: 'close' },
      status: 'PENDING',
    },
    {
      ...base(11),
      terms: {
        ...{ ...market, clientOrderId: 'order-11', type: 'stop', timeInForce: 'ioc', purpose: 'trailing_stop' },
        triggerPrice: Decimal.of('6123455'),
      },
      workingPrice: Decimal.of('6123456.5'),
      status: 'NEW',
      exchangeOrderId: 'exchange-11',
    },
  ];
}

export function fillOf(n: number, bound = true): FillRecord {
  return {
    fill: {
      executionId: `execution-${n}`,
      exchangeOrderId: `exchange-${n}`,
      symbol: 'BTC_JPY',
      side: 'buy',
      effect: 'open',
      price: Decimal.of('6123456.5'),
      size: Decimal.of('0.01'),
      fee: Decimal.of('-0.3'),
      realizedPnl: Decimal.of('12.25'),
      positionId: 'lot-1',
      ts: barOf(n).closeTs + 8,
    },
    clientOrderId: bound ? `order-${n}` : null,
    strategy: 'breakout_v1',
  };
}

export function orderEventOf(n: number, seq: number): OrderEvent {
  const terms = termsOf(n);
  return {
    type: 'order',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: barOf(n).closeTs + seq,
    seq,
    id: `event-${n}-${seq}`,
    data: {
      client_order_id: terms.clientOrderId,
      signal_id: terms.signalId,
      strategy: terms.strategy,
      status: 'PENDING',
      request: 'none',
      side: 'buy',
      effect: 'open',
      order_type: 'limit',
      size: terms.size.toString(),
      filled_size: '0',
    },
  };
}

export function tradeOf(seq: number): TradeEvent {
  return {
    type: 'trade',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: START + seq,
    seq,
    data: { price: 6_123_456, size: 0.01, side: 'buy' },
  };
}

/** The batch after the owner's checkpoint, or the one that is named, with what it changes. */
export function stepOf(owner: Ownership, rows: Partial<StepRecord> = {}): StepRecord {
  const batch = rows.batch ?? (owner.checkpoint?.batch ?? 0) + 1;
  return {
    brain: owner.brain,
    fence: owner.fence,
    batch,
    ts: START + batch,
    checkpoint: { positions: { 'md:trade': `${batch}-0` }, state: { batch } },
    inputs: null,
    ...rows,
  };
}

/** Plain JSON of a value: decimals keep their digits there, and two of them compare by value. */
export function plainOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
