import assert from 'node:assert/strict';
import { Decimal } from '../decimal/decimal.js';
import { BRAIN, rows, type StoreCase } from './store-case.js';
import { START, stepOf } from './store-records.js';

const MINUTE = 60_000;

/** What time makes smaller. */
export const STORE_RETENTION_CASES: readonly StoreCase[] = [
  {
    name: 'compacts old inputs page by page, and leaves the young and those of others alone',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const other = await store.takeOver('execution:gmo');
      for (let batch = 1; batch <= 9; batch++) {
        const inputs = batch === 3 ? null : { reads: [batch], fed: batch % 2 === 0 ? [batch] : [] };
        await store.commit(stepOf(owner, { batch, inputs }));
        await store.commit(stepOf(other, { batch, inputs: [batch] }));
      }
      const keep = (inputs: unknown) => {
        const { fed } = inputs as { fed: number[] };
        if (fed.length === 0) return null;
        return fed[0] === 6 ? inputs : { reads: [], fed };
      };
      const page = (after: number, limit: number) =>
        store.compactInputLog(BRAIN, { after, before: START + 8, limit }, keep);
      assert.deepEqual(await page(0, 3), { next: 4, removed: 1, changed: 2 });
      assert.deepEqual(await page(4, 3), { next: 7, removed: 2, changed: 0 });
      assert.deepEqual(await page(7, 3), { next: null, removed: 0, changed: 0 }, 'what is young stays');
      const log = await rows(store.inputLog(BRAIN, 0));
      assert.deepEqual(
        log.map(({ batch, inputs }) => [batch, inputs]),
        [
          [2, { reads: [], fed: [2] }],
          [4, { reads: [], fed: [4] }],
          [6, { reads: [6], fed: [6] }],
          [8, { reads: [8], fed: [8] }],
          [9, { reads: [9], fed: [] }],
        ],
      );
      assert.equal((await rows(store.inputLog('execution:gmo', 0))).length, 9);
      assert.equal((await store.checkpoint(BRAIN))?.batch, 9);
      await store.commit(stepOf(owner, { batch: 10, inputs: [] }));
    },
  },
  {
    name: 'thins old equity to one row a minute',
    async run(store) {
      const first = START - (START % MINUTE);
      const equity = (ts: number) => ({
        ts,
        equity: Decimal.of(ts),
        realizedPnl: Decimal.zero,
        unrealizedPnl: Decimal.zero,
        fees: Decimal.zero,
        drawdown: Decimal.zero,
      });
      const at = [0, 1, MINUTE - 1, MINUTE, 61 * MINUTE + 5, 61 * MINUTE + 6, 62 * MINUTE, 62 * MINUTE + 1];
      const brains = ['execution:a', 'execution:b'];
      for (const brain of brains) {
        await store.commit(stepOf(await store.takeOver(brain), { equity: at.map((ms) => equity(first + ms)) }));
      }
      const before = first + 62 * MINUTE + 30_000;
      let place: number | null = 0;
      const removed: number[] = [];
      while (place !== null) {
        const done: { next: number | null; removed: number } = await store.thinEquity(place, before);
        if (done.next !== null) removed.push(done.removed);
        place = done.next;
      }
      assert.deepEqual(
        removed,
        [2 * brains.length, brains.length],
        'an hour at a time; a minute that is not over stays',
      );
      assert.equal((await store.latestEquity())?.ts, first + 62 * MINUTE + 1);
      assert.deepEqual(await store.thinEquity(first + 63 * MINUTE, before), { next: null, removed: 0 });
    },
  },
  {
    name: 'drops old log lines, the oldest first',
    async run(store) {
      const line = (ts: number) => ({ ts, level: 'info', message: `at ${ts}`, fields: {} }) as const;
      await store.appendLogs([5, 1, 3, 2, 4].map(line));
      assert.equal(await store.dropLogs(4, 2), 2);
      assert.equal(await store.dropLogs(4, 2), 1);
      assert.equal(await store.dropLogs(4, 2), 0);
    },
  },
];
