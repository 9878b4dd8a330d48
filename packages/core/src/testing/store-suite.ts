import assert from 'node:assert/strict';
import { BRAIN, type StoreCase } from './store-case.js';
import { STORE_COMMIT_CASES } from './store-commit-cases.js';
import { STORE_LOG_CASES } from './store-log-cases.js';
import { STORE_ORDER_CASES } from './store-order-cases.js';
import { STORE_RAW_EVENT_CASES } from './store-raw-event-cases.js';
import { barOf, stepOf } from './store-records.js';
import { STORE_RETENTION_CASES } from './store-retention-cases.js';
import { STORE_ROW_CASES } from './store-row-cases.js';

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
  ...STORE_ORDER_CASES,
  ...STORE_ROW_CASES,
  ...STORE_LOG_CASES,
  ...STORE_RAW_EVENT_CASES,
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
