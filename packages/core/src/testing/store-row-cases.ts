import assert from 'node:assert/strict';
import { Decimal } from '../decimal/decimal.js';
import type { Order } from '../orders/order.js';
import { AWKWARD, BRAIN, rows, type StoreCase } from './store-case.js';
import {
  barOf,
  fillOf,
  orderEventOf,
  pendingOrder,
  plainOf,
  START,
  signalOf,
  stepOf,
  termsOf,
  verdictOf,
} from './store-records.js';

/** Rows come back as they were written: their order, their text, their numbers. */
export const STORE_ROW_CASES: readonly StoreCase[] = [
  {
    name: 'keeps the order of rows of the same moment',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const numbers = Array.from({ length: 300 }, (_, n) => (n * 7) % 300);
      const signals = numbers.map((n) => ({
        ...signalOf(n),
        event: { ...signalOf(n).event, ts: START },
        bar: { timeframe: '1m', openTs: barOf(n).openTs } as const,
      }));
      const orders = numbers.map((n) => ({ ...pendingOrder(n), terms: { ...termsOf(n), createdTs: START } }));
      const fills = numbers.map((n) => ({ ...fillOf(n), fill: { ...fillOf(n).fill, ts: START } }));
      const bars = numbers.filter((n) => n % 3 === 0).map(barOf);
      const orderEvents = numbers.map((n) => ({ ...orderEventOf(1, n), ts: START }));
      await store.commit(stepOf(owner, { bars, signals, orders, fills, orderEvents }));
      assert.deepEqual(await store.signals(), signals);
      assert.deepEqual(
        (await store.orders()).map(({ order }) => order.terms.clientOrderId),
        orders.map(({ terms }) => terms.clientOrderId),
      );
      assert.deepEqual(plainOf(await store.fills({ limit: 5 })), plainOf(fills.slice(-5)));
      assert.deepEqual(await store.orderEvents('order-1'), orderEvents);
    },
  },
  {
    name: 'answers bars by range, and the newest by limit',
    async run(store) {
      const bars = Array.from({ length: 10 }, (_, n) => barOf(n));
      const owner = await store.takeOver(BRAIN);
      await store.commit(stepOf(owner, { bars: bars.toReversed() }));
      const key = { exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m' } as const;
      assert.deepEqual(await store.bars(key), bars, 'numbers come back to the last bit');
      assert.deepEqual(await store.bars({ ...key, limit: 3 }), bars.slice(-3));
      assert.deepEqual(await store.bars({ ...key, from: bars[2]!.openTs, limit: 3 }), bars.slice(2, 5));
      assert.deepEqual(await store.bars({ ...key, from: bars[2]!.openTs, to: bars[4]!.openTs }), bars.slice(2, 4));
      assert.deepEqual(await store.bars({ ...key, timeframe: '5m' }), []);
      const repaired = { ...barOf(4), close: 1, trades: 99 };
      await store.commit(stepOf(owner, { batch: 2, bars: [barOf(4), repaired] }));
      assert.deepEqual((await store.bars(key))[4], repaired);
      assert.equal((await store.counts()).bars, 10);
    },
  },
  {
    name: 'tells bars apart that opened in one millisecond',
    async run(store) {
      const key = { exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '5t' } as const;
      const { openTs } = barOf(0);
      const first = { ...barOf(0), ...key };
      const bars = [first, { ...first, ordinal: 1, close: 2 }, { ...first, ordinal: 2, close: 3 }];
      const next = { ...barOf(1), ...key };
      const signal = { ...signalOf(1), bar: { timeframe: '5t', openTs, ordinal: 2 } } as const;
      const owner = await store.takeOver(BRAIN);
      const order: Order = {
        terms: termsOf(1),
        status: 'PENDING',
        request: 'none',
        filledSize: Decimal.zero,
        updatedTs: START,
      };
      await store.commit(stepOf(owner, { bars: [next, ...bars.toReversed()], signals: [signal], orders: [order] }));
      assert.deepEqual(await store.bars(key), [...bars, next]);
      assert.deepEqual(await store.bars({ ...key, limit: 2 }), [bars[2], next]);
      assert.deepEqual(await store.signals(), [signal]);
      assert.deepEqual((await store.orders())[0]?.bar, signal.bar);
    },
  },
  {
    name: 'gives back text and numbers as they were',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const signal = signalOf(1);
      const odd = { ...signal, event: { ...signal.event, meta: AWKWARD } };
      const void_: Order = {
        terms: termsOf(1),
        status: 'VOID',
        request: 'none',
        filledSize: Decimal.zero,
        updatedTs: START,
        reason: '拒否 "x" \\ 🚀',
      };
      await store.commit(
        stepOf(owner, {
          inputs: AWKWARD,
          signals: [odd],
          outbox: [odd.event],
          orders: [void_],
          verdicts: [{ ...verdictOf(1), inputs: AWKWARD }],
        }),
      );
      assert.deepEqual(await store.signals(), [plainOf(odd)]);
      assert.deepEqual((await store.unpublished(BRAIN))[0]?.event, plainOf(odd.event));
      assert.deepEqual((await rows(store.inputLog(BRAIN, 0)))[0]?.inputs, plainOf(AWKWARD));
      assert.deepEqual(plainOf((await store.orders())[0]?.order), plainOf(void_));
      const { z, a } = (await store.verdicts())[0]!.inputs;
      assert.deepEqual({ z, a }, { z: AWKWARD.z, a: AWKWARD.a });
    },
  },
  {
    name: 'books positions, equity and denials',
    async run(store) {
      const owner = await store.takeOver('execution:gmo');
      const position = {
        exchange: 'gmo',
        symbol: 'BTC_JPY',
        strategy: 's',
        size: Decimal.of('-0.01'),
        averagePrice: Decimal.of('6123456.000000000000000001'),
        realizedPnl: Decimal.of('-5'),
        fees: Decimal.of('0.1'),
        updatedTs: START,
      };
      const equity = (ts: number, value: string) => ({
        ts,
        equity: Decimal.of(value),
        realizedPnl: Decimal.zero,
        unrealizedPnl: Decimal.of('1.5'),
        fees: Decimal.zero,
        drawdown: Decimal.of('0.0625'),
      });
      await store.commit(
        stepOf(owner, {
          positions: [{ ...position, size: Decimal.of(9) }, position],
          equity: [equity(START + 1, '999999.99'), equity(START, '1')],
          verdicts: [verdictOf(1), verdictOf(2, false), verdictOf(3, false)],
        }),
      );
      assert.deepEqual(plainOf(await store.positions()), plainOf([position]));
      assert.deepEqual(plainOf(await store.latestEquity()), plainOf(equity(START + 1, '999999.99')));
      const curve = async (brain: string, from: number, to: number) => {
        const rows: unknown[] = [];
        for await (const page of store.equity(brain, { from, to })) rows.push(...page);
        return plainOf(rows);
      };
      const both = [equity(START, '1'), equity(START + 1, '999999.99')];
      assert.deepEqual(await curve('execution:gmo', 0, START + 2), plainOf(both));
      assert.deepEqual(await curve('execution:gmo', START, START + 1), plainOf(both.slice(0, 1)));
      assert.deepEqual(await curve('execution:other', 0, START + 2), []);
      assert.deepEqual(await store.verdicts({ approved: false }), [verdictOf(2, false), verdictOf(3, false)]);
      assert.deepEqual(await store.verdicts({ limit: 1 }), [verdictOf(3, false)]);
      assert.equal((await store.counts()).denials, 2);
    },
  },
];
