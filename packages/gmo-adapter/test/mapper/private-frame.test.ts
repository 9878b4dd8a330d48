import { mapPrivateFrame } from '@alpha-engine/gmo-adapter';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXECUTION, ORDER_CANCELED, ORDER_NEW, POSITION, SUMMARY } from '../support/frames.js';

const edit = (frame: string, changes: Record<string, unknown>) => JSON.stringify({ ...JSON.parse(frame), ...changes });
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('mapPrivateFrame', () => {
  it('gives the order before the fill of an execution', () => {
    expect(plain(mapPrivateFrame(EXECUTION))).toEqual({
      type: 'updates',
      updates: [
        {
          kind: 'order',
          order: {
            exchangeOrderId: '1201663589',
            symbol: 'BTC_JPY',
            side: 'sell',
            effect: 'open',
            type: 'limit',
            timeInForce: 'gtc',
            size: '0.01',
            price: '5309049',
            filledSize: '0.01',
            state: 'filled',
            orderTs: Date.UTC(2021, 2, 6, 7, 25, 21, 866),
          },
        },
        {
          kind: 'fill',
          fill: {
            exchangeOrderId: '1201663589',
            executionId: '278233470',
            symbol: 'BTC_JPY',
            side: 'sell',
            effect: 'open',
            price: '5309049',
            size: '0.01',
            fee: '0',
            positionId: '86266891',
            ts: Date.UTC(2021, 2, 6, 7, 26, 35, 30),
          },
        },
      ],
    });
  });

  it('calls a part of an order working, and books what a close realised', () => {
    const frame = edit(EXECUTION, {
      orderSize: '0.03',
      settleType: 'CLOSE',
      lossGain: '-12',
      executionType: 'MARKET',
      orderPrice: '0',
    });
    const { updates } = plain(mapPrivateFrame(frame));
    expect(updates[0].order).toMatchObject({ state: 'working', effect: 'close', type: 'market' });
    expect(updates[0].order.price).toBeUndefined();
    expect(updates[1].fill).toMatchObject({ realizedPnl: '-12', effect: 'close' });
  });

  it('calls a spot sale a close, whatever its settle type', () => {
    const frame = edit(EXECUTION, { symbol: 'BTC', positionId: undefined });
    expect(plain(mapPrivateFrame(frame)).updates[1].fill).toMatchObject({ effect: 'close', side: 'sell' });
    expect(plain(mapPrivateFrame(frame)).updates[1].fill.realizedPnl).toBeUndefined();
  });

  it('takes ids as strings too', () => {
    const frame = edit(EXECUTION, { orderId: '8800000001', executionId: '9' });
    expect(plain(mapPrivateFrame(frame)).updates[1].fill).toMatchObject({
      exchangeOrderId: '8800000001',
      executionId: '9',
    });
  });

  it.each([
    [ORDER_NEW, 'working', undefined],
    [ORDER_CANCELED, 'canceled', 'USER'],
    [edit(ORDER_NEW, { orderStatus: 'WAITING', executionType: 'STOP' }), 'working', undefined],
    [edit(ORDER_CANCELED, { orderStatus: 'EXPIRED', cancelType: 'EXPIRED_FAK' }), 'expired', 'EXPIRED_FAK'],
    [edit(ORDER_NEW, { cancelType: 'PRICE_LIMIT' }), 'working', undefined],
  ])('maps an order frame', (frame, state, reason) => {
    const { order } = plain(mapPrivateFrame(frame)).updates[0];
    expect(order.state).toBe(state);
    expect(order.reason).toBe(reason);
  });

  it('tells a lot, empty when it was closed, and no sums', () => {
    const closed = POSITION.replace('OPR', 'CPR');
    for (const [frame, size] of [
      [POSITION, '0.01'],
      [closed, '0'],
    ] as const) {
      expect(plain(mapPrivateFrame(frame))).toMatchObject({
        updates: [{ kind: 'position', position: { positionId: '86266891', side: 'sell', price: '5309049', size } }],
      });
    }
    expect(mapPrivateFrame(SUMMARY)).toEqual({ type: 'updates', updates: [] });
  });

  it('says of an order that the exchange itself placed it', () => {
    const losscut = ORDER_NEW.replace('"settleType":"OPEN"', '"settleType":"LOSS_CUT"');
    expect(plain(mapPrivateFrame(losscut))).toMatchObject({ updates: [{ order: { effect: 'close', forced: true } }] });
    expect(JSON.stringify(mapPrivateFrame(ORDER_NEW))).not.toContain('forced');
  });

  it.each([
    ['{', 'not_json'],
    ['null', 'unknown_channel'],
    ['{"channel":"balanceEvents"}', 'unknown_channel'],
    [edit(EXECUTION, { executionPrice: 5309049 }), 'bad_shape'],
    [edit(EXECUTION, { orderId: 1.5 }), 'bad_shape'],
    [edit(EXECUTION, { side: 'HOLD' }), 'unknown_value'],
    [edit(EXECUTION, { settleType: 'constructor' }), 'unknown_value'],
    [edit(ORDER_NEW, { orderStatus: 'PARKED' }), 'unknown_value'],
    [edit(ORDER_NEW, { orderTimestamp: 'yesterday' }), 'unknown_value'],
  ])('rejects %s', (frame, reason) => {
    expect(mapPrivateFrame(frame)).toEqual({ type: 'rejected', reason });
  });

  it('never throws', () => {
    const keys = Object.keys(JSON.parse(EXECUTION));
    fc.assert(
      fc.property(
        fc.oneof(
          fc
            .tuple(fc.constantFrom(EXECUTION, ORDER_NEW), fc.constantFrom(...keys), fc.jsonValue())
            .map(([f, k, v]) => edit(f, { [k]: v })),
          fc.json(),
          fc.string(),
        ),
        (frame) => {
          expect(mapPrivateFrame(frame).type).toMatch(/^(updates|position|rejected|error)$/);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
