import { deepEqual, equal, rejects } from 'node:assert/strict';
import { Decimal } from '../decimal/decimal.js';
import type { OrderTerms } from '../orders/order.js';
import { type BrokerCase, brokerCase } from './broker-case.js';

const size = (text: string) => ({ size: Decimal.of(text) });
const BUY = { side: 'buy', effect: 'open' } as const;
const LIMIT = { ...BUY, type: 'limit', timeInForce: 'gtc' } as const;

type Terms = Pick<OrderTerms, 'side' | 'effect' | 'size'> & Partial<OrderTerms>;

const WRONG: readonly (readonly [why: string, terms: Terms])[] = [
  ['a size off the step', { ...BUY, ...size('0.0105') }],
  ['a size below the minimum', { ...BUY, ...size('0.0001') }],
  ['a size above the maximum', { ...BUY, ...size('5.001') }],
  ['a price off the tick', { ...LIMIT, ...size('0.01'), price: Decimal.of('8900000.5') }],
  ['a price far from the market', { ...LIMIT, ...size('0.01'), price: Decimal.of('1000') }],
  ['a limit order without a price', { ...LIMIT, ...size('0.01') }],
  ['a stop that would trigger at once', { ...BUY, type: 'stop', ...size('0.01'), triggerPrice: Decimal.of('8900000') }],
  ['a market order that rests', { ...BUY, timeInForce: 'gtc', ...size('0.01') }],
  ['a close of a lot that is not there', { side: 'sell', effect: 'close', positionId: '12345', ...size('0.01') }],
  ['a leverage close that names no lot', { side: 'sell', effect: 'close', ...size('0.01') }],
];

/** What is refused leaves no trace: the outcome is known. */
export const BROKER_REFUSAL_CASES: readonly BrokerCase[] = [
  ...WRONG.map(([why, terms]) => refusalCase(why, () => terms)),
  refusalCase(
    'more coins than there are',
    (spot) => ({ side: 'sell', effect: 'close', symbol: spot, ...size('5') }),
    3,
  ),
  refusalCase('more than the account can pay', () => ({ ...LIMIT, ...size('5'), price: Decimal.of('8990000') }), 5),

  brokerCase('an unknown or final order cannot be changed', async ({ broker, updates, order }) => {
    const change = { price: Decimal.of('8900000') };
    await rejects(broker.amend('12345', change), { code: 'EXCHANGE_REFUSED' });
    const { exchangeOrderId } = await broker.place(order({ ...BUY, ...size('0.01') }));
    await updates.filled(exchangeOrderId, '0.01');
    await rejects(broker.amend(exchangeOrderId, change), { code: 'EXCHANGE_REFUSED' });
  }),

  brokerCase('every kind of order that is listed is taken, and no other', async ({ broker, leverage, order }) => {
    const kinds = broker.orderKinds(leverage);
    for (const type of ['market', 'limit', 'stop'] as const) {
      for (const timeInForce of ['ioc', 'gtc', 'fok', 'post_only'] as const) {
        const listed = kinds.some(
          (kind) => kind.type === type && kind.timeInForce === timeInForce && kind.effect === 'open',
        );
        const terms = order({
          ...BUY,
          type,
          timeInForce,
          ...size('0.001'),
          ...(type === 'limit' ? { price: Decimal.of('8990000') } : {}),
          ...(type === 'stop' ? { triggerPrice: Decimal.of('9100000') } : {}),
        });
        if (listed) await broker.place(terms);
        else await rejects(broker.place(terms), { code: 'EXCHANGE_REFUSED' });
      }
    }
    const open = await broker.openOrders(leverage);
    for (const { type, timeInForce, exchangeOrderId } of open) {
      const kind = kinds.find((one) => one.type === type && one.timeInForce === timeInForce);
      equal(kind?.amend, true);
      await broker.amend(
        exchangeOrderId,
        type === 'stop' ? { triggerPrice: Decimal.of('9110000') } : { price: Decimal.of('8980000') },
      );
    }
    deepEqual(open.map(({ type, timeInForce }) => `${type} ${timeInForce}`).sort(), [
      'limit gtc',
      'limit post_only',
      'stop ioc',
    ]);
  }),

  brokerCase('an order that may not leave any more is not sent', async ({ broker, leverage, order }) => {
    const late = new Error('Too late.');
    const place = broker.place(order({ ...LIMIT, ...size('0.01'), price: Decimal.of('8900000') }), () => {
      throw late;
    });
    await rejects(place, late);
    deepEqual(await broker.openOrders(leverage), []);
  }),
];

/** `times`: placed so often in all, of which the last is refused. */
function refusalCase(why: string, termsFor: (spot: string) => Terms, times = 1): BrokerCase {
  return brokerCase(`refused: ${why}`, async ({ broker, leverage, spot, order, updates }) => {
    const terms = termsFor(spot);
    const filler = { ...terms, type: 'limit', timeInForce: 'gtc' } as const;
    const away = Decimal.of(terms.side === 'buy' ? '8990000' : '9900000');
    for (let count = 1; count < times; count += 1) {
      await broker.place(order({ ...filler, price: terms.price ?? away }));
    }
    const before = [...(await broker.openOrders(leverage)), ...(await broker.openOrders(spot))].length;
    await rejects(broker.place(order(terms)), { code: 'EXCHANGE_REFUSED' });
    equal([...(await broker.openOrders(leverage)), ...(await broker.openOrders(spot))].length, before);
    deepEqual(await broker.fillsSince(leverage, 0), []);
    deepEqual(
      updates.items.filter(({ kind }) => kind === 'fill'),
      [],
    );
  });
}
