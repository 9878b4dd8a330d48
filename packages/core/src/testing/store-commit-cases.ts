import assert from 'node:assert/strict';
import { AWKWARD, BRAIN, rejects, rows, type StoreCase } from './store-case.js';
import { barOf, fillOf, plainOf, stepOf, tradeOf } from './store-records.js';

/** Owners, fences and batches: who may commit, and what a repeated or failed commit leaves. */
export const STORE_COMMIT_CASES: readonly StoreCase[] = [
  {
    name: 'gives each owner a higher fence and the last checkpoint',
    async run(store) {
      const first = await store.takeOver(BRAIN);
      assert.equal(first.checkpoint, null);
      await store.commit(stepOf(first, { checkpoint: { positions: { 'md:trade': '7' }, state: AWKWARD } }));
      const second = await store.takeOver(BRAIN);
      assert.ok(second.fence > first.fence);
      assert.deepEqual(second.checkpoint, { batch: 1, positions: { 'md:trade': '7' }, state: plainOf(AWKWARD) });
      assert.deepEqual(Object.keys(second.checkpoint.state as object), Object.keys(AWKWARD), 'keys keep their order');
      assert.deepEqual(await store.checkpoint(BRAIN), second.checkpoint);
      assert.deepEqual(await store.brains(), [BRAIN]);
      assert.ok((await store.takeOver('execution:gmo')).checkpoint === null, 'brains do not touch each other');
    },
  },
  {
    name: 'fences off the owner before',
    async run(store) {
      const old = await store.takeOver(BRAIN);
      await store.commit(stepOf(old));
      const heir = await store.takeOver(BRAIN);
      await rejects(store.commit(stepOf(old, { batch: 2, bars: [barOf(1)] })), 'STORE_FENCED');
      await rejects(store.commit(stepOf(old, { batch: 1 })), 'STORE_FENCED');
      await store.commit(stepOf(heir, { bars: [barOf(2)] }));
      assert.equal((await store.counts()).bars, 1);
      assert.equal((await store.checkpoint(BRAIN))?.batch, 2);
    },
  },
  {
    name: 'lets one of two owners through at every batch',
    async run(store) {
      const owners = [await store.takeOver(BRAIN), await store.takeOver(BRAIN)];
      const outcomes = await Promise.allSettled(
        owners.map((owner, n) => store.commit(stepOf(owner, { bars: [barOf(n)] }))),
      );
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['rejected', 'fulfilled'],
      );
      assert.deepEqual(
        (await store.bars({ exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m' })).map(({ trades }) => trades),
        [1],
      );
    },
  },
  {
    name: 'takes a repeated commit once',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const step = stepOf(owner, { inputs: [1], outbox: [tradeOf(1)], orderEvents: [], bars: [barOf(0)] });
      await store.commit(step);
      await store.commit(step);
      await Promise.all([store.commit(step), store.commit({ ...step, bars: [barOf(9)] })]);
      assert.equal((await store.counts()).bars, 1);
      assert.equal((await store.unpublished(BRAIN)).length, 1);
      assert.equal((await rows(store.inputLog(BRAIN, 0))).length, 1);
    },
  },
  {
    name: 'refuses a batch that does not follow',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      await store.commit(stepOf(owner));
      await rejects(store.commit(stepOf(owner, { batch: 3 })), 'STORE_FAILED');
      await rejects(store.commit(stepOf({ ...owner, brain: 'nobody:gmo' })), 'STORE_FENCED');
      assert.equal((await store.checkpoint(BRAIN))?.batch, 1);
    },
  },
  {
    name: 'undoes all of a commit that fails',
    async run(store) {
      const owner = await store.takeOver(BRAIN);
      const orphan = { ...fillOf(5), clientOrderId: 'no-such-order' };
      const step = stepOf(owner, { bars: [barOf(1)], inputs: ['x'], outbox: [tradeOf(1)] });
      await rejects(store.commit({ ...step, fills: [orphan] }), 'STORE_FAILED');
      assert.deepEqual(await store.counts(), { bars: 0, signals: 0, denials: 0, orders: 0, fills: 0 });
      assert.equal(await store.checkpoint(BRAIN), null);
      assert.deepEqual(await store.unpublished(BRAIN), []);
      await store.commit(step);
      assert.equal((await store.counts()).bars, 1);
    },
  },
];
