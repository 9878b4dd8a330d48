import { expect, it } from 'vitest';
import { exchange, fillsOf, order, placed, refusal, told } from './support.js';

it('a stop waits until the price touches its trigger, then takes the book', () => {
  const at = exchange();
  const { order: waiting } = placed(at, order('BTC_JPY', 'buy', '1.5', { trigger: '105' }));
  expect(waiting).toMatchObject({ state: 'waiting', timeInForce: 'ioc' });
  expect(at.openOrders('BTC_JPY')).toHaveLength(1);
  expect(at.onTrade('BTC_JPY', 104, 1, 'buy', 20)).toEqual([]);
  at.onBook(
    'BTC_JPY',
    [[104, 5]],
    [
      [106, 1],
      [107, 5],
    ],
    21,
  );
  const reports = at.onTrade('BTC_JPY', 105, 1, 'buy', 22);
  expect(told(reports)).toEqual(['order triggered', 'fill', 'lot opened', 'fill', 'lot opened']);
  expect(fillsOf(reports)).toEqual([
    ['106', '1'],
    ['107', '0.5'],
  ]);
  expect(at.order(waiting.orderId)?.state).toBe('filled');
});

it('a stop does no better than the trade that set it off, and its rest expires', () => {
  const at = exchange({ JPY: '10000', BTC: '20' });
  const { orderId } = placed(at, order('BTC', 'sell', '8', { trigger: '90' })).order;
  // The shown book is older than the trade: 100, 99 and 98 are gone.
  expect(fillsOf(at.onTrade('BTC', 88, 1, 'sell', 20))).toEqual([
    ['88', '1'],
    ['88', '2'],
    ['88', '3'],
  ]);
  expect(at.order(orderId)).toMatchObject({ state: 'expired', reason: 'EXPIRED_FAK' });
});

it('before the first trade the middle of the book is the price', () => {
  const at = exchange();
  const { orderId } = placed(at, order('BTC_JPY', 'sell', '1', { trigger: '95' })).order;
  at.onBook('BTC_JPY', [[94, 5]], [[96, 5]], 20);
  expect(at.order(orderId)?.state).toBe('filled');
});

it.each([
  ['would_trigger', order('BTC_JPY', 'buy', '1', { trigger: '100' })],
  ['would_trigger', order('BTC_JPY', 'sell', '1', { trigger: '101' })],
  ['price_missing', { ...order('BTC_JPY', 'buy', '1'), type: 'stop' as const }],
  ['price_off_tick', order('BTC_JPY', 'buy', '1', { trigger: '110.5' })],
  ['price_too_high', order('BTC_JPY', 'buy', '1', { trigger: '160' })],
  ['time_in_force_not_allowed', order('BTC_JPY', 'buy', '1', { trigger: '110', tif: 'gtc' })],
  ['insufficient_funds', order('BTC_JPY', 'buy', '100', { trigger: '110' })],
])('a stop is refused: %s', (code, request) => {
  expect(refusal(exchange({ JPY: '1000' }), request)).toBe(code);
});

it('a stop holds its margin, its lot when it closes one, and gives them back', () => {
  const at = exchange();
  placed(at, order('BTC_JPY', 'buy', '1'));
  const { positionId } = at.positions()[0]!;
  const stop = placed(at, order('BTC_JPY', 'sell', '1', { trigger: '90', close: positionId })).order;
  expect(at.position(positionId)?.reservedSize.toString()).toBe('1');
  const opening = placed(at, order('BTC_JPY', 'buy', '2', { trigger: '110' })).order;
  expect(at.margin().reserved.toString()).toBe('110.066');
  at.cancel(opening.orderId, 20);
  expect(at.margin().reserved.toString()).toBe('0');
  at.cancel(stop.orderId, 21);
  expect(at.position(positionId)?.reservedSize.toString()).toBe('0');
});

it('an opening stop is canceled when the margin is gone by the time it triggers', () => {
  const at = exchange({ JPY: '110' });
  placed(at, order('BTC_JPY', 'buy', '1'));
  const { orderId } = placed(at, order('BTC_JPY', 'sell', '1', { trigger: '80' })).order;
  at.onBook('BTC_JPY', [[79, 5]], [[80, 5]], 20);
  expect(at.order(orderId)).toMatchObject({ state: 'canceled', reason: 'INSUFFICIENT_MARGIN' });
});
