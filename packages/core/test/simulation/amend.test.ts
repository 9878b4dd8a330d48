import { Decimal } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { exchange, fillsOf, order, placed, told } from './support.js';

const price = (text: string) => ({ price: Decimal.of(text) });

it('keeps id, time and what was filled, and loses its place in the queue', () => {
  const at = exchange();
  const first = placed(at, order('BTC', 'buy', '2', { price: '96' }), 10).order.orderId;
  const second = placed(at, order('BTC', 'buy', '1', { price: '97' }), 11).order.orderId;
  at.onTrade('BTC', 95, 1.5, 'sell', 12);
  const outcome = at.amend(first, price('97'), 13);
  expect(outcome).toMatchObject({ accepted: true });
  expect(at.order(first)).toMatchObject({ orderId: first, orderTs: 10, updatedTs: 13, changes: 1 });
  expect([at.order(first)?.filledSize.toString(), at.order(first)?.price?.toString()]).toEqual(['0.5', '97']);
  expect(at.order(second)?.state).toBe('filled');

  const third = placed(at, order('BTC', 'buy', '1', { price: '97' }), 14).order.orderId;
  at.amend(first, price('97'), 15);
  at.onTrade('BTC', 96, 1, 'sell', 16);
  expect([at.order(third)?.state, at.order(first)?.filledSize.toString()]).toEqual(['filled', '0.5']);
  expect(at.openOrders().map(({ orderId }) => orderId)).toEqual([first]);
});

it('takes at once when its new price crosses', () => {
  const at = exchange();
  const { orderId } = placed(at, order('BTC', 'buy', '2', { price: '90' })).order;
  const outcome = at.amend(orderId, price('102'), 20);
  expect(outcome.accepted && [told(outcome.reports), fillsOf(outcome.reports)]).toEqual([
    ['order amended', 'fill', 'fill'],
    [
      ['101', '1'],
      ['102', '1'],
    ],
  ]);
});

it('leaves a post-only order that would take as it was, and says so', () => {
  const at = exchange();
  const { orderId } = placed(at, order('BTC', 'buy', '1', { price: '90', tif: 'post_only' })).order;
  const outcome = at.amend(orderId, price('101'), 20);
  expect(outcome).toMatchObject({
    accepted: true,
    reports: [{ change: 'amend_refused', order: { reason: 'SOK_TAKER' } }],
  });
  expect(at.order(orderId)).toMatchObject({ state: 'working', changes: 0 });
  expect(at.order(orderId)?.price?.toString()).toBe('90');
  expect(at.order(orderId)).not.toHaveProperty('reason');
});

it('moves the trigger of a stop that waits', () => {
  const at = exchange();
  const { orderId } = placed(at, order('BTC_JPY', 'buy', '1', { trigger: '110' })).order;
  at.amend(orderId, { triggerPrice: Decimal.of('120') }, 20);
  at.onTrade('BTC_JPY', 110, 1, 'buy', 21);
  expect(at.order(orderId)?.state).toBe('waiting');
  expect(at.amend(orderId, { triggerPrice: Decimal.of('105') }, 22)).toMatchObject({
    rejection: { code: 'would_trigger' },
  });
});

it('is refused with the reason, and nothing happens', () => {
  const at = exchange({ JPY: '100', BTC: '1' }, { mostChanges: 1 });
  const { orderId } = placed(at, order('BTC', 'buy', '1', { price: '90' })).order;
  const before = at.snapshot();
  expect(at.amend(1, price('91'), 20)).toEqual({ accepted: false, code: 'unknown_order' });
  expect(at.amend(orderId, { triggerPrice: Decimal.of('95') }, 20)).toMatchObject({
    rejection: { code: 'price_missing' },
  });
  expect(at.amend(orderId, price('90.5'), 20)).toMatchObject({ rejection: { code: 'price_off_tick' } });
  expect(at.amend(orderId, price('20'), 20)).toMatchObject({ rejection: { code: 'price_too_low' } });
  expect(at.amend(orderId, price('100'), 20)).toMatchObject({ rejection: { code: 'insufficient_funds' } });
  expect(at.amend(orderId, { losscutPrice: Decimal.of('50') }, 20)).toMatchObject({
    rejection: { code: 'losscut_price_not_allowed' },
  });
  expect(at.snapshot()).toEqual(before);
  expect(at.amend(orderId, price('99'), 20)).toMatchObject({ accepted: true });
  expect(at.amend(orderId, price('98'), 21)).toMatchObject({ rejection: { code: 'too_many_changes' } });
  at.cancel(orderId, 22);
  expect(at.amend(orderId, price('98'), 23)).toEqual({ accepted: false, code: 'already_final' });
});
