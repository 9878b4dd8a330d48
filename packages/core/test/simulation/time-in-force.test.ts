import { describe, expect, it } from 'vitest';
import { exchange, fillsOf, order, placed, refusal, told } from './support.js';

it('ioc takes what is there at its price and expires', () => {
  const { order: after, reports } = placed(exchange(), order('BTC', 'buy', '5', { price: '102', tif: 'ioc' }));
  expect(fillsOf(reports)).toEqual([
    ['101', '1'],
    ['102', '2'],
  ]);
  expect(after).toMatchObject({ state: 'expired', reason: 'EXPIRED_FAK' });
});

it('fok takes all or nothing', () => {
  const at = exchange();
  const none = placed(at, order('BTC', 'buy', '3.1', { price: '102', tif: 'fok' }));
  expect([told(none.reports), none.order.reason]).toEqual([['order accepted', 'order expired'], 'EXPIRED_FOK']);
  expect(placed(at, order('BTC', 'buy', '3', { price: '102', tif: 'fok' })).order.state).toBe('filled');
});

it('post_only never takes', () => {
  const at = exchange();
  expect(placed(at, order('BTC', 'buy', '1', { price: '101', tif: 'post_only' })).order).toMatchObject({
    state: 'expired',
    reason: 'EXPIRED_SOK',
    filledSize: expect.objectContaining({}),
  });
  expect(at.fills()).toEqual([]);
  expect(placed(at, order('BTC', 'buy', '1', { price: '100', tif: 'post_only' })).order.state).toBe('working');
});

it('market orders know ioc alone', () => {
  expect(refusal(exchange(), order('BTC', 'buy', '1', { tif: 'fok' }))).toBe('time_in_force_not_allowed');
});

describe('own orders that would meet', () => {
  it('the newer one expires, after what stands before the older one', () => {
    const at = exchange({ JPY: '10000', BTC: '10' });
    const own = placed(at, order('BTC', 'sell', '1', { price: '102' })).order;
    const { order: after, reports } = placed(at, order('BTC', 'buy', '5', { price: '103' }));
    expect(fillsOf(reports)).toEqual([
      ['101', '1'],
      ['102', '2'],
    ]);
    expect(after).toMatchObject({ state: 'expired', reason: 'EXPIRED_SELFTRADE' });
    expect(at.order(own.orderId)?.state).toBe('working');
  });

  it('or the older one, by choice', () => {
    const at = exchange({ JPY: '10000', BTC: '10' }, { selfTradeVictim: 'older' });
    const own = placed(at, order('BTC', 'sell', '1', { price: '102' })).order;
    expect(placed(at, order('BTC', 'buy', '5', { price: '103' })).order.state).toBe('filled');
    expect(at.order(own.orderId)).toMatchObject({ state: 'expired', reason: 'EXPIRED_SELFTRADE' });
  });

  it('do not matter while the book has enough before them', () => {
    const at = exchange({ JPY: '10000', BTC: '10' });
    placed(at, order('BTC', 'sell', '1', { price: '103' }));
    expect(placed(at, order('BTC', 'buy', '3')).order.state).toBe('filled');
  });
});
