import { Decimal, type Instrument, ManualClock } from '@alpha-engine/core';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { BROKER_CASES, type BrokerTestbed } from '@alpha-engine/core/testing';
import { describe, it } from 'vitest';

const rules = { exchange: 'gmo', base: 'BTC', quote: 'JPY', tickSize: Decimal.of('1'), maxSize: Decimal.of('5') };
const INSTRUMENTS: readonly Instrument[] = [
  {
    ...rules,
    symbol: 'BTC',
    kind: 'spot',
    sizeStep: Decimal.of('0.00001'),
    minSize: Decimal.of('0.00001'),
    takerFeeRate: Decimal.of('0.0005'),
    makerFeeRate: Decimal.of('-0.0001'),
  },
  {
    ...rules,
    symbol: 'BTC_JPY',
    kind: 'leverage',
    sizeStep: Decimal.of('0.001'),
    minSize: Decimal.of('0.001'),
    takerFeeRate: Decimal.zero,
    makerFeeRate: Decimal.zero,
  },
];

function testbed(): BrokerTestbed {
  const clock = new ManualClock(1_000);
  const broker = new PaperBroker({ instruments: INSTRUMENTS, balances: { JPY: '100000000', BTC: '10' }, clock });
  const event = (symbol: string) => ({ exchange: 'gmo', symbol, ts: clock.now() }) as const;
  return {
    broker,
    leverage: 'BTC_JPY',
    spot: 'BTC',
    book(symbol, bids, asks) {
      const data = { is_snapshot: true, bids: bids.map(([...level]) => level), asks: asks.map(([...level]) => level) };
      broker.onMarket({ type: 'orderbook', ...event(symbol), data } as Parameters<typeof broker.onMarket>[0]);
    },
    trade(symbol, price, size) {
      broker.onMarket({ type: 'trade', ...event(symbol), data: { price, size, side: 'buy' } });
    },
  };
}

describe('the paper account, as every broker', () => {
  it.each(BROKER_CASES.map((one) => [one.name, one] as const))('%s', async (_, { run }) => run(testbed()));
});
