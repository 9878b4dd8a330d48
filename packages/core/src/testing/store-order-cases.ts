import assert from 'node:assert/strict';
import { BRAIN, type StoreCase } from './store-case.js';
import {
  barOf,
  everyOrder,
  filledOrder,
  fillOf,
  orderEventOf,
  pendingOrder,
  plainOf,
  signalOf,
  stepOf,
  verdictOf,
} from './store-records.js';

/** Orders and what belongs to them: fills, signals, bars, events, and how they are found. */
export const STORE_ORDER_CASES: readonly StoreCase[] = [
  {
    name: 'keeps the keys from a fill back to its bar',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      await store.commit(stepOf(owner, { bars: [barOf(3)], signals: [signalOf(3)] }));
      const executor = await store.takeOver('execution:gmo');
      await store.commit(stepOf(executor, { verdicts: [verdictOf(3)], orders: [filledOrder(3)], fills: [fillOf(3)] }));
      const [row] = await store.orders();
      assert.deepEqual(row?.signal, { id: 'signal-3', action: 'enter_long', ts: signalOf(3).event.ts });
      assert.deepEqual(row?.bar, { timeframe: '1m', openTs: barOf(3).openTs });
      assert.equal(row?.fees.toString(), '-0.3');
      assert.equal(row?.realizedPnl.toString(), '12.25');
      assert.deepEqual(await store.counts(), { bars: 1, signals: 1, denials: 0, orders: 1, fills: 1 });
    },
  },
  {
    name: "finds an order by its id, the beginning of it, the exchange's id, or its signal, and where that was decided",
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const inputs = { reads: [], fed: [], signalIds: ['signal-3'] };
      await store.commit(stepOf(owner, { bars: [barOf(3)], signals: [signalOf(3), signalOf(33)], inputs }));
      const executor = await store.takeOver('execution:gmo');
      const [third, other] = [filledOrder(3), filledOrder(4)];
      const rows = { verdicts: [verdictOf(3), verdictOf(4)], orders: [third, other], inputs };
      await store.commit(stepOf(executor, rows));
      const idsOf = async (id: string) => (await store.orders({ id })).map(({ order }) => order.terms.clientOrderId);
      const { clientOrderId } = third.terms;
      assert.deepEqual(await idsOf(clientOrderId), [clientOrderId]);
      assert.equal((await idsOf(clientOrderId.slice(0, -1))).length, 2);
      assert.deepEqual(await idsOf('signal-3'), [clientOrderId]);
      if ('exchangeOrderId' in third) assert.deepEqual(await idsOf(third.exchangeOrderId ?? ''), [clientOrderId]);
      assert.deepEqual(await idsOf('%'), []);
      assert.deepEqual((await store.signals({ id: 'signal-3' })).length, 2);
      assert.deepEqual(
        (await store.verdicts({ signalId: 'signal-4' })).map(({ signalId }) => signalId),
        ['signal-4'],
      );
      const decision = await store.decision('signal-3', 0);
      assert.deepEqual(decision && { ...decision, ts: 0 }, { brain: BRAIN, batch: 1, ts: 0, inputs });
      assert.equal(await store.decision('signal-4', 0), null);
      assert.equal(await store.decision('signal-3', (decision?.ts ?? 0) + 1), null);
    },
  },
  {
    name: 'takes what has no row to point at',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      await store.commit(
        stepOf(owner, {
          signals: [signalOf(1)],
          verdicts: [verdictOf(7, false)],
          orders: [pendingOrder(8)],
          orderEvents: [orderEventOf(7, 1)],
          fills: [fillOf(9, false)],
        }),
      );
      assert.deepEqual(await store.signals(), [signalOf(1)], 'a signal names its bar, stored or not');
      const [row] = await store.orders();
      assert.equal(row?.signal, null);
      assert.equal(row?.bar, null);
      assert.deepEqual(await store.orderEvents('order-7'), [orderEventOf(7, 1)]);
      assert.equal((await store.fills())[0]?.clientOrderId, null);
      await store.commit(stepOf(owner, { batch: 2, orders: [filledOrder(9)], fills: [fillOf(9), fillOf(9)] }));
      assert.equal((await store.fills())[0]?.clientOrderId, 'order-9', 'an external fill may be bound later');
      assert.equal((await store.counts()).fills, 1);
    },
  },
  {
    name: 'gives back every order status and request',
    async run(store) {
      const orders = everyOrder();
      const owner = await store.takeOver(BRAIN);
      await store.commit(stepOf(owner, { orders }));
      const stored = (await store.orders()).map(({ order }) => order);
      assert.deepEqual(plainOf(stored), plainOf(orders));
      const working = await store.orders({ statuses: ['NEW', 'SUBMITTED'] });
      assert.deepEqual(new Set(working.map(({ order }) => order.status)), new Set(['NEW', 'SUBMITTED']));
      assert.deepEqual(
        plainOf((await store.orders({ limit: 2 })).map(({ order }) => order)),
        plainOf(orders.slice(-2)),
        'a limit keeps the newest, oldest first',
      );
      assert.deepEqual(await store.orders({ symbol: 'ETH_JPY' }), []);
    },
  },
  {
    name: 'moves an order and keeps its terms',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      await store.commit(stepOf(owner, { orders: [pendingOrder(1), filledOrder(1)] }));
      assert.deepEqual(plainOf((await store.orders())[0]?.order), plainOf(filledOrder(1)));
    },
  },
  {
    name: 'keeps the events of an order in order, each once',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const events = [3, 1, 2].map((seq) => orderEventOf(1, seq));
      await store.commit(stepOf(owner, { orders: [pendingOrder(1)], orderEvents: events }));
      await store.commit(stepOf(owner, { batch: 2, orderEvents: events }));
      assert.deepEqual(await store.orderEvents('order-1'), events);
      assert.deepEqual(await store.orderEvents('order-2'), []);
      assert.deepEqual(await store.orderEvents(), events);
    },
  },
];
