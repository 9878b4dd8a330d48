import { AlphaError, Decimal, type OrderTerms } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { placement } from '../../src/mapper/placement.js';

const TERMS: OrderTerms = {
  clientOrderId: 'c1',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  strategy: 's',
  signalId: 'g',
  leg: 0,
  side: 'buy',
  effect: 'open',
  purpose: 'entry',
  type: 'limit',
  timeInForce: 'gtc',
  size: Decimal.of('0.02'),
  price: Decimal.of('430001'),
  createdTs: 0,
};
const { price: _, ...MARKET } = { ...TERMS, type: 'market' as const, timeInForce: 'ioc' as const };

describe('placement', () => {
  it('opens by /v1/order', () => {
    expect(placement(TERMS)).toEqual({
      path: '/v1/order',
      body: {
        symbol: 'BTC_JPY',
        side: 'BUY',
        executionType: 'LIMIT',
        timeInForce: 'FAS',
        price: '430001',
        size: '0.02',
      },
    });
    expect(placement({ ...MARKET, symbol: 'BTC' })).toEqual({
      path: '/v1/order',
      body: { symbol: 'BTC', side: 'BUY', executionType: 'MARKET', size: '0.02' },
    });
  });

  it('sells spot by /v1/order and closes a lot by /v1/closeOrder', () => {
    expect(placement({ ...MARKET, symbol: 'BTC', side: 'sell', effect: 'close' }).path).toBe('/v1/order');
    expect(placement({ ...MARKET, side: 'sell', effect: 'close', positionId: '1000342' })).toEqual({
      path: '/v1/closeOrder',
      body: {
        symbol: 'BTC_JPY',
        side: 'SELL',
        executionType: 'MARKET',
        settlePosition: [{ positionId: 1000342, size: '0.02' }],
      },
    });
  });

  it.each([
    ['fok', 'FOK'],
    ['ioc', 'FAK'],
    ['post_only', 'SOK'],
  ] as const)('says that a limit order is %s', (timeInForce, word) => {
    expect(placement({ ...TERMS, timeInForce }).body).toMatchObject({ executionType: 'LIMIT', timeInForce: word });
  });

  it('gives a stop its trigger as price, and no time in force', () => {
    const stop = { ...MARKET, type: 'stop' as const, triggerPrice: Decimal.of('440000') };
    const expected = { symbol: 'BTC_JPY', side: 'BUY', executionType: 'STOP', price: '440000' };
    expect(placement(stop)).toEqual({ path: '/v1/order', body: { ...expected, size: '0.02' } });
    expect(placement({ ...stop, effect: 'close', positionId: '7' })).toEqual({
      path: '/v1/closeOrder',
      body: { ...expected, settlePosition: [{ positionId: 7, size: '0.02' }] },
    });
  });

  it('writes small numbers in plain notation', () => {
    expect(placement({ ...MARKET, symbol: 'BTC', size: Decimal.of('0.00000001') }).body.size).toBe('0.00000001');
  });

  it.each([
    { ...TERMS, effect: 'close' as const },
    { ...TERMS, effect: 'close' as const, positionId: 'lot' },
    { ...MARKET, type: 'limit' as const, timeInForce: 'gtc' as const },
    { ...MARKET, symbol: 'BTC', side: 'sell' as const, effect: 'open' as const },
    { ...MARKET, timeInForce: 'fok' as const },
    { ...MARKET, type: 'stop' as const },
    { ...TERMS, symbol: 'ETH_JPY', timeInForce: 'post_only' as const },
  ])('refuses what GMO cannot express', (terms) => {
    try {
      placement(terms);
      expect.unreachable();
    } catch (error) {
      expect(AlphaError.is(error, 'EXCHANGE_REFUSED')).toBe(true);
    }
  });
});
