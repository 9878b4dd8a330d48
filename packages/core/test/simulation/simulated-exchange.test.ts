import { Decimal } from '@alpha-engine/core';
import { SimulatedExchange, type SimulatedRequest } from '@alpha-engine/core/simulation';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from './instruments.js';
import { ASKS, BIDS, exchange, fillsOf, order, placed, refusal, told } from './support.js';

describe('market orders', () => {
  it('walk the book at its prices', () => {
    const { order: after, reports } = placed(exchange(), order('BTC', 'buy', '2.5'));
    expect(fillsOf(reports)).toEqual([
      ['101', '1'],
      ['102', '1.5'],
    ]);
    expect(after).toMatchObject({ state: 'filled', timeInForce: 'ioc', orderTs: 10 });
  });

  it('expire what the book does not hold', () => {
    const { order: after, reports } = placed(exchange(), order('BTC', 'buy', '8'));
    expect(told(reports)).toEqual(['order accepted', 'fill', 'fill', 'fill', 'order expired']);
    expect([after.state, after.reason, after.filledSize.toString()]).toEqual(['expired', 'EXPIRED_FAK', '6']);
  });

  it('find what earlier orders left, until the next book', () => {
    const at = exchange();
    placed(at, order('BTC', 'buy', '1.5'));
    expect(fillsOf(placed(at, order('BTC', 'buy', '1')).reports)).toEqual([['102', '1']]);
    at.onBook('BTC_JPY', BIDS, ASKS, 20);
    expect(fillsOf(placed(at, order('BTC', 'buy', '1')).reports)).toEqual([
      ['102', '0.5'],
      ['103', '0.5'],
    ]);
    at.onBook('BTC', BIDS, ASKS, 21);
    expect(fillsOf(placed(at, order('BTC', 'buy', '1')).reports)).toEqual([['101', '1']]);
  });

  it('ignore a price', () => {
    const { order: after } = placed(exchange(), { ...order('BTC', 'buy', '2'), price: Decimal.of('101') });
    expect([after.state, after.price]).toEqual(['filled', undefined]);
  });

  it('expire whole on an empty book', () => {
    const at = exchange();
    at.onBook('BTC', [], [], 2);
    expect(placed(at, order('BTC', 'buy', '1')).order).toMatchObject({ state: 'expired' });
  });
});

describe('limit orders', () => {
  it('take what crosses and rest with the rest', () => {
    const { order: after, reports } = placed(exchange(), order('BTC', 'buy', '4', { price: '102' }));
    expect(fillsOf(reports)).toEqual([
      ['101', '1'],
      ['102', '2'],
    ]);
    expect([after.state, after.filledSize.toString()]).toEqual(['working', '3']);
  });

  it('fill at their own price when a trade goes beyond it, up to its size, and not when it touches', () => {
    const at = exchange();
    const { orderId } = placed(at, order('BTC', 'buy', '2', { price: '97' })).order;
    expect(at.onTrade('BTC', 97, 5, 'sell', 20)).toEqual([]);
    expect(fillsOf(at.onTrade('BTC', 96, 0.5, 'sell', 21))).toEqual([['97', '0.5']]);
    expect(fillsOf(at.onTrade('BTC', 96, 9, 'sell', 22))).toEqual([['97', '1.5']]);
    expect(at.order(orderId)).toMatchObject({ state: 'filled', updatedTs: 22 });
  });

  it('share one trade by price, then age', () => {
    const at = exchange();
    const early = placed(at, order('BTC', 'buy', '1', { price: '96' })).order.orderId;
    const better = placed(at, order('BTC', 'buy', '1', { price: '97' })).order.orderId;
    at.onTrade('BTC', 95, 1.5, 'sell', 20);
    expect([at.order(better)?.filledSize.toString(), at.order(early)?.filledSize.toString()]).toEqual(['1', '0.5']);
  });

  it('fill when a new book crosses them, and take its depth', () => {
    const at = exchange();
    placed(at, order('BTC', 'buy', '2', { price: '97' }));
    expect(fillsOf(at.onBook('BTC', [[95, 1]], [[96, 1.5]], 30))).toEqual([['97', '1.5']]);
    expect(placed(at, order('BTC', 'buy', '1')).order.filledSize.toString()).toBe('0');
  });

  it('pay the maker rate when they rested and the taker rate when they took', () => {
    const at = exchange({ JPY: '100000' });
    const { reports } = placed(at, order('BTC', 'buy', '1', { price: '101' }));
    const taken = reports.find((report) => report.kind === 'fill');
    expect(taken?.kind === 'fill' && [taken.fill.fee.toString(), taken.fill.liquidity]).toEqual(['0.0505', 'taker']);
    placed(at, order('BTC', 'buy', '1', { price: '90' }));
    const [made] = at.onTrade('BTC', 89, 1, 'sell', 20);
    expect(made?.kind === 'fill' && [made.fill.fee.toString(), made.fill.liquidity]).toEqual(['-0.009', 'maker']);
  });
});

describe('fees in yen', () => {
  it.each([
    ['nearest', '323'],
    ['towards_zero', '322'],
    ['none', '322.91861'],
  ] as const)('%s', (feeRounding, fee) => {
    const at = new SimulatedExchange({ instruments: INSTRUMENTS, balances: { JPY: '1000000' }, feeRounding });
    at.onBook('BTC', [], [[872_753, 1]], 1);
    placed(at, order('BTC', 'buy', '0.74'));
    expect(at.fills()[0]?.fee.toString()).toBe(fee);
  });
});

describe('leverage', () => {
  it('makes one lot for each opening fill and holds both sides at once', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '2'));
    placed(at, order('BTC_JPY', 'sell', '1'));
    expect(at.positions().map(({ side, size, price }) => [side, size.toString(), price.toString()])).toEqual([
      ['buy', '1', '101'],
      ['buy', '1', '102'],
      ['sell', '1', '100'],
    ]);
    expect(at.margin().margin.toString()).toBe('151.5');
  });

  it('realises the difference when a lot is closed, in parts', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '1'));
    const [lot] = at.positions();
    at.onBook('BTC_JPY', [[110, 5]], [[111, 5]], 20);
    const { reports } = placed(at, order('BTC_JPY', 'sell', '0.4', { close: lot!.positionId }));
    expect(told(reports)).toEqual(['order accepted', 'lot updated', 'fill', 'lot updated']);
    expect(at.fills().at(-1)?.realizedPnl.toString()).toBe('3.6');
    expect(at.position(lot!.positionId)).toMatchObject({ side: 'buy' });
    const rest = placed(at, order('BTC_JPY', 'sell', '0.6', { close: lot!.positionId }));
    expect(told(rest.reports).at(-1)).toBe('lot closed');
    expect(at.positions()).toEqual([]);
    expect(
      at
        .balances()
        .find(({ asset }) => asset === 'JPY')
        ?.total.toString(),
    ).toBe('10008.9367');
  });

  it('reserves the lot for a working close and frees it on cancel', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '1'));
    const id = at.positions()[0]!.positionId;
    const close = placed(at, order('BTC_JPY', 'sell', '0.7', { close: id, price: '120' }));
    expect(at.position(id)?.reservedSize.toString()).toBe('0.7');
    expect(refusal(at, order('BTC_JPY', 'sell', '0.5', { close: id }))).toBe('position_reserved');
    expect(at.cancel(close.order.orderId, 20)).toMatchObject({ accepted: true });
    expect(at.position(id)?.reservedSize.toString()).toBe('0');
    expect(at.cancel(close.order.orderId, 21)).toEqual({ accepted: false, code: 'already_final' });
    expect(at.cancel(5, 21)).toEqual({ accepted: false, code: 'unknown_order' });
  });

  it('lets unrealised losses eat what may be ordered', () => {
    const at = exchange({ JPY: '100' });
    placed(at, order('BTC_JPY', 'buy', '1'));
    at.onBook('BTC_JPY', [[80, 5]], [[81, 5]], 20);
    expect(at.margin().unrealizedPnl.toString()).toBe('-21');
    expect(at.margin().available.toString()).toBe('28.4697');
    expect(refusal(at, order('BTC_JPY', 'buy', '1'))).toBe('insufficient_funds');
  });
});

describe('refusals', () => {
  it.each<[string, SimulatedRequest]>([
    ['unknown_symbol', order('XYZ', 'buy', '1')],
    ['size_out_of_range', order('BTC', 'buy', '0.001')],
    ['size_out_of_range', order('BTC', 'buy', '101')],
    ['size_off_step', order('BTC', 'buy', '0.015')],
    ['price_off_tick', order('BTC', 'buy', '1', { price: '99.5' })],
    ['price_missing', { ...order('BTC', 'buy', '1'), type: 'limit' }],
    ['price_too_low', order('BTC', 'buy', '1', { price: '50' })],
    ['price_too_high', order('BTC', 'buy', '1', { price: '151' })],
    ['insufficient_funds', order('BTC', 'buy', '100', { price: '101' })],
    ['insufficient_holdings', order('BTC', 'sell', '1')],
    ['no_such_position', order('BTC_JPY', 'sell', '1', { close: 7 })],
    ['not_leverage', order('BTC', 'sell', '1', { close: 7 })],
  ])('%s', (code, request) => {
    const at = exchange();
    const before = at.snapshot();
    expect(refusal(at, request)).toBe(code);
    expect(at.snapshot()).toEqual(before);
  });

  it('wrong_side and position_too_small', () => {
    const at = exchange();
    placed(at, order('BTC_JPY', 'buy', '1'));
    const id = at.positions()[0]!.positionId;
    expect(refusal(at, order('BTC_JPY', 'buy', '1', { close: id }))).toBe('wrong_side');
    expect(refusal(at, order('BTC_JPY', 'sell', '2', { close: id }))).toBe('position_too_small');
  });

  it('counts what working orders hold', () => {
    const at = exchange({ JPY: '200', BTC: '1' });
    placed(at, order('BTC', 'buy', '1', { price: '98' }));
    expect(refusal(at, order('BTC', 'buy', '2', { price: '60' }))).toBe('insufficient_funds');
    placed(at, order('BTC', 'sell', '0.6', { price: '105' }));
    expect(refusal(at, order('BTC', 'sell', '0.5'))).toBe('insufficient_holdings');
    const [yen, coin] = ['JPY', 'BTC'].map((asset) => at.balances().find((balance) => balance.asset === asset));
    expect([yen?.total.toString(), coin?.available.toString()]).toEqual(['200', '0.4']);
    expect(yen!.available.lt('102.1')).toBe(true);
  });
});

it('forgets what has been final for a day, and keeps what works', () => {
  const day = 86_400_000;
  const at = exchange();
  const done = placed(at, order('BTC', 'buy', '1'), 10).order.orderId;
  const working = placed(at, order('BTC', 'buy', '1', { price: '90' }), 11).order.orderId;
  const late = placed(at, order('BTC', 'buy', '0.5'), day).order.orderId;
  expect([at.order(done)?.orderId, at.fills().length]).toEqual([done, 2]);
  placed(at, order('BTC', 'buy', '0.1'), day + 11);
  expect(at.order(done)).toBeUndefined();
  expect([at.order(working)?.state, at.order(late)?.state]).toEqual(['working', 'filled']);
  expect(at.fills().map(({ orderId }) => orderId)).toEqual([late, late + 1]);
});
