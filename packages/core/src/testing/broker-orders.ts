import { deepEqual, equal, ok } from 'node:assert/strict';
import { Decimal } from '../decimal/decimal.js';
import { type BrokerCase, brokerCase } from './broker-case.js';

const size = (text: string) => ({ size: Decimal.of(text) });
const BUY = { side: 'buy', effect: 'open' } as const;
const SELL = { side: 'sell', effect: 'open' } as const;

/** Money as text, so that equal amounts are equal. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What becomes of orders: by update, by id and in the list of open ones. */
export const BROKER_ORDER_CASES: readonly BrokerCase[] = [
  brokerCase('a market order walks the book; updates, fills and the order by its id agree', async (scene) => {
    const { broker, updates, leverage, order } = scene;
    const { exchangeOrderId } = await broker.place(order({ ...BUY, ...size('0.15') }));
    await updates.filled(exchangeOrderId, '0.15');
    const fills = await broker.fillsOf(exchangeOrderId);
    deepEqual(
      fills.map((fill) => [String(fill.price), String(fill.size), fill.side, fill.effect]),
      [
        ['9001000', '0.1', 'buy', 'open'],
        ['9002000', '0.05', 'buy', 'open'],
      ],
    );
    deepEqual(plain(updates.fills(exchangeOrderId)), plain(fills));
    deepEqual(plain(await broker.fillsSince(leverage, 0)), plain(fills));
    const [known, ...others] = await broker.ordersById([exchangeOrderId, '1']);
    equal(others.length, 0);
    deepEqual(
      [known?.state, known?.type, known?.timeInForce, known?.effect, String(known?.filledSize), known?.price],
      ['filled', 'market', 'ioc', 'open', '0.15', undefined],
    );
  }),

  brokerCase('what a market order finds no depth for expires', async ({ broker, updates, order }) => {
    const { exchangeOrderId } = await broker.place(order({ ...BUY, ...size('0.5') }));
    await updates.order(exchangeOrderId, 'expired');
    const [known] = await broker.ordersById([exchangeOrderId]);
    deepEqual([known?.state, String(known?.filledSize)], ['expired', '0.3']);
  }),

  brokerCase('a limit order rests, fills in part, and is canceled; once more is no error', async (scene) => {
    const { broker, updates, leverage, order, trade } = scene;
    const terms = { ...BUY, type: 'limit', timeInForce: 'gtc', price: Decimal.of('8900000') } as const;
    const { exchangeOrderId } = await broker.place(order({ ...terms, ...size('0.02') }));
    const [open] = await broker.openOrders(leverage);
    deepEqual(plain(open), {
      exchangeOrderId,
      symbol: leverage,
      side: 'buy',
      effect: 'open',
      type: 'limit',
      timeInForce: 'gtc',
      size: '0.02',
      price: '8900000',
      filledSize: '0',
      state: 'working',
      orderTs: open?.orderTs,
    });
    trade(leverage, 8_899_999, 0.005);
    await updates.filled(exchangeOrderId, '0.005');
    await broker.cancel(exchangeOrderId);
    await updates.order(exchangeOrderId, 'canceled');
    await broker.cancel(exchangeOrderId);
    deepEqual(await broker.openOrders(leverage), []);
    const [known] = await broker.ordersById([exchangeOrderId]);
    deepEqual([known?.state, String(known?.filledSize)], ['canceled', '0.005']);
  }),

  brokerCase('ioc and fok end at once, post-only never takes', async ({ broker, updates, leverage, order }) => {
    const limit = (timeInForce: 'ioc' | 'fok' | 'post_only', price: string, text: string) =>
      broker.place(order({ ...BUY, type: 'limit', timeInForce, price: Decimal.of(price), ...size(text) }));
    const ioc = await limit('ioc', '9001000', '0.15');
    await updates.order(ioc.exchangeOrderId, 'expired');
    const killed = await limit('fok', '9002000', '0.3');
    await updates.order(killed.exchangeOrderId, 'expired');
    const whole = await limit('fok', '9002000', '0.2');
    await updates.filled(whole.exchangeOrderId, '0.2');
    const took = await limit('post_only', '9100000', '0.01');
    const rests = await limit('post_only', '8999500', '0.01');
    const ids = [ioc, killed, took].map(({ exchangeOrderId }) => exchangeOrderId);
    // What was taken above stays taken: nothing is left that a post-only order could take.
    const ended = (await broker.ordersById(ids)).toSorted(
      (a, b) => ids.indexOf(a.exchangeOrderId) - ids.indexOf(b.exchangeOrderId),
    );
    deepEqual(
      ended.slice(0, 2).map((known) => [known.timeInForce, known.state, String(known.filledSize)]),
      [
        ['ioc', 'expired', '0.1'],
        ['fok', 'expired', '0'],
      ],
    );
    const open = (await broker.openOrders(leverage)).map(({ exchangeOrderId }) => exchangeOrderId);
    ok(open.includes(rests.exchangeOrderId));
  }),

  brokerCase('a post-only order that would take expires', async ({ broker, updates, order }) => {
    const terms = { ...BUY, type: 'limit', timeInForce: 'post_only', price: Decimal.of('9001000') } as const;
    const { exchangeOrderId } = await broker.place(order({ ...terms, ...size('0.01') }));
    await updates.order(exchangeOrderId, 'expired');
    equal((await broker.fillsOf(exchangeOrderId)).length, 0);
  }),

  brokerCase('a stop waits among the open orders, and takes once its trigger is touched', async (scene) => {
    const { broker, updates, leverage, order, trade } = scene;
    const stop = order({ ...BUY, type: 'stop', triggerPrice: Decimal.of('9050000'), ...size('0.05') });
    const { exchangeOrderId } = await broker.place(stop);
    const [open] = await broker.openOrders(leverage);
    deepEqual(
      [open?.type, open?.timeInForce, String(open?.triggerPrice), open?.price, open?.state],
      ['stop', 'ioc', '9050000', undefined, 'working'],
    );
    trade(leverage, 9_049_999, 0.01);
    deepEqual((await broker.openOrders(leverage)).length, 1);
    trade(leverage, 9_050_000, 0.01);
    await updates.filled(exchangeOrderId, '0.05');
    deepEqual(
      (await broker.fillsOf(exchangeOrderId)).map(({ price }) => String(price)),
      ['9050000'],
    );
  }),

  brokerCase('an amended order keeps its id, its time and what was filled', async (scene) => {
    const { broker, updates, leverage, order, trade } = scene;
    const terms = { ...SELL, type: 'limit', timeInForce: 'gtc', price: Decimal.of('9100000') } as const;
    const { exchangeOrderId } = await broker.place(order({ ...terms, ...size('0.02') }));
    const [before] = await broker.openOrders(leverage);
    trade(leverage, 9_100_001, 0.005);
    await updates.filled(exchangeOrderId, '0.005');
    await broker.amend(exchangeOrderId, { price: Decimal.of('9080000') });
    await updates.until('the new price', () =>
      updates.orders(exchangeOrderId).some(({ price }) => price?.eq('9080000') === true),
    );
    const [after] = await broker.openOrders(leverage);
    deepEqual(plain(after), { ...(plain(before) as object), price: '9080000', filledSize: '0.005' });

    const stop = order({ ...BUY, type: 'stop', triggerPrice: Decimal.of('9200000'), ...size('0.01') });
    const placed = await broker.place(stop);
    await broker.amend(placed.exchangeOrderId, { triggerPrice: Decimal.of('9300000') });
    const [known] = await broker.ordersById([placed.exchangeOrderId]);
    deepEqual([known?.state, String(known?.triggerPrice)], ['working', '9300000']);
  }),

  brokerCase('cancelAll leaves no order of the symbol, however many, and touches no other', async (scene) => {
    const { broker, leverage, spot, order } = scene;
    const limit = { ...BUY, type: 'limit', timeInForce: 'gtc' } as const;
    for (let count = 0; count < 12; count += 1) {
      await broker.place(order({ ...limit, price: Decimal.of(8_900_000 - count), ...size('0.001') }));
    }
    const other = await broker.place(order({ ...limit, symbol: spot, price: Decimal.of('8900000'), ...size('0.001') }));
    await broker.cancelAll(leverage);
    deepEqual(await broker.openOrders(leverage), []);
    deepEqual(
      (await broker.openOrders(spot)).map(({ exchangeOrderId }) => exchangeOrderId),
      [other.exchangeOrderId],
    );
    await broker.cancelAll(leverage);
  }),
];
