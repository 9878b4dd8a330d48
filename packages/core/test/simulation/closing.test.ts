import { Decimal } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { exchange, order, placed, refusal, told } from './support.js';

const bulk = (size: string, more: { price?: string } = {}) => ({
  ...order('BTC_JPY', 'sell', size, more),
  effect: 'close' as const,
});

describe('a close without a lot', () => {
  it('takes the lots of the other side, oldest first, one fill for each', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '3'));
    placed(at, order('BTC_JPY', 'sell', '1'));
    const [one, two, short] = at.positions().map(({ positionId }) => positionId);
    at.onBook('BTC_JPY', [[110, 5]], [[111, 5]], 20);
    const { reports } = placed(at, bulk('2.5'));
    expect(
      at
        .fills()
        .slice(-2)
        .map(({ positionId, size, realizedPnl }) => [positionId, String(size), String(realizedPnl)]),
    ).toEqual([
      [one, '1', '9'],
      [two, '1.5', '12'],
    ]);
    expect(told(reports).at(-1)).toBe('lot updated');
    expect(at.positions().map(({ positionId, size }) => [positionId, String(size)])).toEqual([
      [two, '0.5'],
      [short, '1'],
    ]);
  });

  it('leaves to other closes what they hold', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '3'));
    const [one, two] = at.positions().map(({ positionId }) => positionId) as [number, number];
    placed(at, order('BTC_JPY', 'sell', '1', { close: one, price: '120' }));
    expect(refusal(at, bulk('2.5'))).toBe('position_reserved');
    placed(at, bulk('2', { price: '121' }));
    expect(at.position(two)?.reservedSize.toString()).toBe('2');
    at.onTrade('BTC_JPY', 130, 9, 'buy', 30);
    expect(at.positions()).toEqual([]);
  });

  it('is refused when there is nothing, or not so much', () => {
    const at = exchange();
    expect(refusal(at, bulk('1'))).toBe('nothing_to_close');
    placed(at, order('BTC_JPY', 'buy', '1'));
    expect(refusal(at, bulk('1.1'))).toBe('closable_too_small');
    expect(refusal(at, { ...order('BTC_JPY', 'buy', '1'), effect: 'close' })).toBe('nothing_to_close');
  });
});

describe('cancelBefore', () => {
  it('cancels the oldest sells until the coins are free', () => {
    const at = exchange({ JPY: '0', BTC: '3' });
    const ids = ['1', '1', '1'].map((size) => placed(at, order('BTC', 'sell', size, { price: '120' })).order.orderId);
    const request = { ...order('BTC', 'sell', '1.5'), cancelBefore: true };
    expect(told(placed(at, request).reports).slice(0, 3)).toEqual([
      'order canceled',
      'order canceled',
      'order accepted',
    ]);
    expect(ids.map((id) => at.order(id)?.state)).toEqual(['canceled', 'canceled', 'working']);
    expect(refusal(at, { ...order('BTC', 'sell', '5'), cancelBefore: true })).toBe('insufficient_holdings');
    expect(at.order(ids[2]!)?.state).toBe('working');
  });

  it('frees a lot that a working close holds', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '1'));
    const { positionId } = at.positions()[0]!;
    const held = placed(at, order('BTC_JPY', 'sell', '1', { close: positionId, trigger: '90' })).order;
    const close = order('BTC_JPY', 'sell', '1', { close: positionId });
    expect(refusal(at, close)).toBe('position_reserved');
    placed(at, { ...close, cancelBefore: true });
    expect([at.order(held.orderId)?.state, at.positions()]).toEqual(['canceled', []]);
  });
});

describe('losscut prices', () => {
  it('are a quarter off, rounded towards the open price, unless the order says', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '1'));
    placed(at, order('BTC_JPY', 'sell', '1'));
    placed(at, order('BTC_JPY', 'buy', '1', { price: '103', losscut: '90' }));
    expect(at.positions().map(({ losscutPrice }) => String(losscutPrice))).toEqual(['76', '125', '90']);
  });

  it.each([
    ['losscut_price_not_allowed', order('BTC_JPY', 'buy', '1', { losscut: '90' })],
    ['losscut_price_not_allowed', order('BTC', 'buy', '1', { price: '100', losscut: '90' })],
    ['losscut_price_out_of_range', order('BTC_JPY', 'buy', '1', { price: '100', losscut: '101' })],
    ['losscut_price_out_of_range', order('BTC_JPY', 'sell', '1', { price: '100', losscut: '99' })],
  ])('of an order are refused: %s', (code, request) => {
    expect(refusal(exchange(), request)).toBe(code);
  });

  it('can be moved closer, not further away and not past the price', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '1'));
    const { positionId } = at.positions()[0]!;
    const move = (to: string) => at.changeLosscutPrice(positionId, Decimal.of(to), 20);
    for (const [to, code] of [
      ['75', 'losscut_price_out_of_range'],
      ['100', 'losscut_price_out_of_range'],
      ['95.5', 'price_off_tick'],
    ] as const) {
      expect(move(to)).toMatchObject({ accepted: false, rejection: { code } });
    }
    expect(move('95')).toMatchObject({ accepted: true, reports: [{ change: 'losscut_changed' }] });
    at.onBook('BTC_JPY', [[95, 5]], [[96, 5]], 30);
    expect(at.positions()).toEqual([]);
  });
});
