import assert from 'node:assert/strict';
import type { AlphaEvent } from '../events/event.js';
import { DAY_MS } from '../store/raw-events.js';
import type { StoreCase } from './store-case.js';
import { START, tradeOf } from './store-records.js';

/** Raw events, by series and day. */
export const STORE_RAW_EVENT_CASES: readonly StoreCase[] = [
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
];
