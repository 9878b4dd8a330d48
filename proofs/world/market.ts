import {
  ALL_SYMBOLS,
  type Broker,
  type ControlAction,
  type ControlEvent,
  Decimal,
  type ExecutorConfig,
  type Instrument,
  type SignalAction,
  type SignalEvent,
  type TickerEvent,
} from '@alpha-engine/core';

export const EXCHANGE = 'gmo';
export const START_TS = 1_700_000_000_000;
export const ORDER_SIZE = Decimal.of('0.02');

const rules = {
  exchange: EXCHANGE,
  base: 'BTC',
  quote: 'JPY',
  tickSize: Decimal.of('1'),
  sizeStep: Decimal.of('0.001'),
  minSize: Decimal.of('0.001'),
  maxSize: Decimal.of('5'),
  makerFeeRate: Decimal.of('-0.0001'),
} as const;

export const INSTRUMENTS: readonly Instrument[] = [
  { ...rules, symbol: 'BTC_JPY', kind: 'leverage', takerFeeRate: Decimal.of('0') },
  { ...rules, symbol: 'BTC', kind: 'spot', takerFeeRate: Decimal.of('0.0005') },
];

/** Longer than the latest moment at which the misbehaving exchange takes an order. */
export const HORIZON_MS = 5_000;

/** `broker` says what the exchange takes. */
export function executorConfig(broker: Broker): ExecutorConfig {
  return {
    exchange: EXCHANGE,
    instruments: INSTRUMENTS,
    orderSize: ORDER_SIZE,
    maxPositionSize: Decimal.of('1'),
    maxDrawdown: Decimal.of('0.5'),
    capital: Decimal.of('10000000'),
    maxSignalAgeMs: 600_000,
    maxDataAgeMs: 600_000,
    inDoubtHorizonMs: HORIZON_MS,
    exclusive: true,
    orderKinds: Object.fromEntries(INSTRUMENTS.map(({ symbol }) => [symbol, broker.orderKinds(symbol)])),
  };
}

export function tickerOf(symbol: string, price: number, ts: number): TickerEvent {
  const data = { bid: price - 1, ask: price + 1, last: price, high: price, low: price, volume: 1 };
  return { type: 'ticker', exchange: EXCHANGE, symbol, ts, data };
}

export function signalOf(
  id: string,
  symbol: string,
  action: SignalAction,
  ts: number,
  strategy = 'sweep',
): SignalEvent {
  return { type: 'signal', exchange: EXCHANGE, symbol, ts, id, strategy, action, confidence: 1, price_ref: 6_000_000 };
}

export function controlOf(id: string, action: ControlAction, ts: number): ControlEvent {
  return { type: 'control', exchange: EXCHANGE, symbol: ALL_SYMBOLS, ts, id, action, reason: 'The proof asks for it.' };
}
