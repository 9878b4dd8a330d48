import assert from 'node:assert/strict';
import { Decimal } from '../decimal/decimal.js';
import type { AlphaEvent } from '../events/event.js';
import type { Order } from '../orders/order.js';
import { DAY_MS } from '../store/raw-events.js';
import { AWKWARD, BRAIN, rows, type StoreCase } from './store-case.js';
import { STORE_COMMIT_CASES } from './store-commit-cases.js';
import {
  barOf,
  everyOrder,
  filledOrder,
  fillOf,
  orderEventOf,
  pendingOrder,
  plainOf,
  START,
  signalOf,
  stepOf,
  termsOf,
  tradeOf,
  verdictOf,
} from './store-records.js';
import { STORE_RETENTION_CASES } from './store-retention-cases.js';

/** What every Store must do. An implementation's test is a factory and one loop over these. */
export const STORE_CASES: readonly StoreCase[] = [
  {
    name: 'is empty at first',
    async run(store) {
      await store.migrate();
      assert.deepEqual(await store.counts(), { bars: 0, signals: 0, denials: 0, orders: 0, fills: 0 });
      assert.deepEqual(await store.brains(), []);
      assert.equal(await store.checkpoint(BRAIN), null);
      assert.equal(await store.latestEquity(), null);
      assert.deepEqual(await store.orders(), []);
      assert.deepEqual(await store.unpublished(BRAIN), []);
    },
  },
  ...STORE_COMMIT_CASES,
  ...STORE_RETENTION_CASES,
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
    name: 'keeps events to publish until they are published',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const event = (n: number): AlphaEvent => signalOf(n).event;
      await store.commit(stepOf(owner, { outbox: [event(2), event(1)] }));
      await store.commit(stepOf(owner, { batch: 2, outbox: [event(3)] }));
      assert.deepEqual(await store.unpublished(BRAIN), [
        { batch: 1, event: event(2) },
        { batch: 1, event: event(1) },
        { batch: 2, event: event(3) },
      ]);
      await store.commit(stepOf(owner, { batch: 3, publishedBatch: 1, outbox: [event(4)] }));
      assert.deepEqual(
        (await store.unpublished(BRAIN)).map(({ batch }) => batch),
        [2, 3],
      );
      assert.deepEqual(await store.unpublished('execution:gmo'), []);
    },
  },
  {
    name: 'reads a long input log in order',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      for (let batch = 1; batch <= 20; batch++) {
        await store.commit(stepOf(owner, { batch, inputs: batch % 5 === 0 ? null : [batch] }));
      }
      const log = await rows(store.inputLog(BRAIN, 3));
      assert.deepEqual(
        log.map(({ batch }) => batch),
        [4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19],
      );
      assert.deepEqual(log[0], { batch: 4, ts: START + 4, inputs: [4] });
    },
  },
  {
    name: 'finds the rows of the input log that a process began with',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const inputs = [{ began: { state: null } }, { reads: ['"began":'] }, { began: {}, reads: [] }, [1]];
      for (const [index, one] of inputs.entries()) await store.commit(stepOf(owner, { batch: index + 1, inputs: one }));
      assert.deepEqual(await store.inputLogStarts(BRAIN), [
        { batch: 1, ts: START + 1 },
        { batch: 3, ts: START + 3 },
      ]);
      assert.deepEqual(await store.inputLogStarts('execution:gmo'), []);
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
  {
    name: 'keeps raw events once, by series and day',
    async run(store) {
      const tomorrow = { ...tradeOf(4), ts: START + DAY_MS };
      const unnumbered: AlphaEvent = { ...tradeOf(9), seq: undefined };
      const other = { ...tradeOf(1), symbol: 'A/B*' };
      assert.equal(await store.appendRawEvents([tradeOf(1), tradeOf(2), tradeOf(2)]), 2);
      assert.equal(await store.appendRawEvents([tradeOf(2), tradeOf(6), tomorrow, other, unnumbered]), 4);
      assert.equal(await store.appendRawEvents([]), 0);
      const day = new Date(START).toISOString().slice(0, 10);
      const base = { exchange: 'gmo', type: 'trade', firstTs: START + 1, lastTs: START + 1, rows: 1, day } as const;
      const first = { ...base, symbol: 'A/B*', seqs: [{ from: 1, to: 1 }] };
      const whole = { ...base, symbol: 'BTC_JPY', rows: 4, lastTs: START + 9 };
      const seqs = [
        { from: 1, to: 2 },
        { from: 6, to: 6 },
      ];
      const [a, b, c, ...rest] = await store.rawSegments();
      assert.deepEqual([a, b], [first, { ...whole, seqs }]);
      assert.deepEqual([c?.rows, c?.firstTs, c?.seqs, rest], [1, START + DAY_MS, [{ from: 4, to: 4 }], []]);
      assert.deepEqual(await store.rawSegments({ symbols: ['A/B*'], types: ['trade'], to: START + 2 }), [first]);
      assert.deepEqual(await store.rawSegments({ exchange: 'nobody' }), []);

      const read: (number | undefined)[] = [];
      const series = { exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
      for await (const page of store.rawEvents(series, { from: START, to: START + 2 * DAY_MS })) {
        read.push(...page.map(({ seq }) => seq));
      }
      assert.deepEqual(read, [1, 2, 4, 6, undefined]);

      assert.equal(await store.dropRawEvents(START), 0);
      assert.equal(await store.dropRawEvents(START + DAY_MS), 1);
      assert.deepEqual(await store.rawSegments(), [c]);
      assert.equal(await store.appendRawEvents([tradeOf(1)]), 1, 'a day that was dropped is made again');
    },
  },
  {
    name: 'reads pages of raw events in the order of their numbers',
    async run(store) {
      const all = Array.from({ length: 12_001 }, (_, n) => tradeOf(n + 1));
      await store.appendRawEvents(all.slice(6000));
      await store.appendRawEvents(all.slice(0, 6000));
      const read: AlphaEvent[] = [];
      const series = { exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
      for await (const page of store.rawEvents(series, { from: 0, to: START + DAY_MS })) read.push(...page);
      assert.deepEqual(read, all);
    },
  },
  {
    name: 'appends logs and sessions, and says nothing to a repetition',
    async run(store) {
      await store.appendLogs([]);
      await store.appendLogs([
        { ts: START, level: 'info', message: 'nul \u0000 日本', fields: { ...AWKWARD, 'key\u0000': '\ud800' } },
      ]);
      const session = { sessionId: 's1', brain: BRAIN, startedTs: START, facts: AWKWARD };
      const earlier = { ...session, sessionId: 's0', startedTs: START - 1 };
      await store.startSession(session);
      await store.startSession(earlier);
      await store.startSession({ ...session, facts: {} });
      const started = await store.sessions();
      assert.deepEqual(
        started.map(({ facts: _, ...row }) => row),
        [earlier, session].map(({ facts: _, ...row }) => row),
      );
      assert.deepEqual(Object.keys(started[1]?.facts ?? {}).length, Object.keys(AWKWARD).length);
    },
  },
  {
    name: 'serves readers and writers at the same time',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const writes = (async () => {
        for (let batch = 1; batch <= 10; batch++) await store.commit(stepOf(owner, { batch, bars: [barOf(batch)] }));
      })();
      const reads = Array.from({ length: 10 }, async (_, n) => {
        await store.signals({ symbol: `S${n}`, limit: n + 1 });
        await store.orders({ limit: n + 1 });
        await store.bars({ exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m', limit: n + 1 });
      });
      await Promise.all([writes, ...reads]);
      assert.equal((await store.counts()).bars, 10);
    },
  },
];
