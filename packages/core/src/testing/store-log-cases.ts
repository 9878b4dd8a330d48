import assert from 'node:assert/strict';
import type { AlphaEvent } from '../events/event.js';
import { AWKWARD, BRAIN, rows, type StoreCase } from './store-case.js';
import { START, signalOf, stepOf } from './store-records.js';

/** What a brain read and has to publish, logs and sessions. */
export const STORE_LOG_CASES: readonly StoreCase[] = [
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
];
