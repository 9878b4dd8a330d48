import assert from 'node:assert/strict';
import { claimed, type EventBusCase, PATIENCE_MS, seqs, trade, trades } from './bus-case.js';

const STREAMS = ['md:trade'];
const HOUR_MS = 3_600_000;

/** Waiting for entries, and every way a wait ends. */
export const WAITING_CASES: readonly EventBusCase[] = [
  {
    name: 'wakes a waiting reader when something is published through another handle',
    async run({ open }) {
      const [publisher, readers] = [await open(), await open()];
      const writer = await claimed(publisher);
      for (const mode of ['owned', 'shared'] as const) {
        const reader = await readers.subscribe({ group: mode, consumer: 'a', streams: STREAMS, mode, from: 'end' });
        const from = (await publisher.range('md:trade', null, 100)).length + 1;
        const waiting = reader.read({ waitMs: PATIENCE_MS });
        await publisher.publish(writer, trades(from, from + 1));
        assert.deepEqual(seqs((await waiting).deliveries), [from, from + 1]);
      }
    },
  },
  {
    name: 'wakes for a stream that did not exist when the reader subscribed',
    async run({ open }) {
      const bus = await open();
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:ticker', 'ctl:gmo'] });
      const waiting = reader.read({ waitMs: PATIENCE_MS });
      const event = {
        type: 'control',
        exchange: 'gmo',
        symbol: '*',
        ts: 1,
        id: '1',
        action: 'halt',
        reason: 'x',
      } as const;
      await bus.publish(null, [trade(null), event]);
      assert.deepEqual((await waiting).deliveries[0]?.event, event);
    },
  },
  {
    name: 'a woken read that says drained has all that was published together, of every stream',
    async run({ open }) {
      const [bus, readers] = [await open(), await open()];
      const reader = await readers.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade', 'md:ticker'] });
      const data = { bid: 1, ask: 2, last: 1, high: 2, low: 1, volume: 1 };
      for (let round = 1; round <= 10; round++) {
        const waiting = reader.read({ waitMs: PATIENCE_MS });
        // Some round trips, so that the reader waits by then.
        for (let look = 0; look < 3; look++) await bus.lag();
        await bus.publish(null, [{ ...trade(null), type: 'ticker', data }, trade(null)]);
        let batch = await waiting;
        let got = batch.deliveries.length;
        while (!batch.drained) {
          batch = await reader.read({ waitMs: 0 });
          got += batch.deliveries.length;
        }
        assert.equal(got, 2, `round ${round}`);
      }
    },
  },
  {
    name: 'answers an empty, drained batch when nothing came in time',
    async run({ open }) {
      const bus = await open();
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      assert.deepEqual(await reader.read({ waitMs: 0 }), { deliveries: [], drained: true });
      assert.deepEqual(await reader.read({ waitMs: 20 }), { deliveries: [], drained: true });
    },
  },
  {
    name: 'an abort ends the wait, and a read that is aborted already does not wait',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const abort = new AbortController();
      const waiting = reader.read({ waitMs: HOUR_MS, signal: abort.signal });
      abort.abort();
      assert.deepEqual((await waiting).deliveries, []);
      assert.deepEqual((await reader.read({ waitMs: HOUR_MS, signal: abort.signal })).deliveries, []);
      await bus.publish(writer, [trade(1)]);
      const batch = await reader.read({ waitMs: HOUR_MS, signal: abort.signal });
      assert.deepEqual(seqs(batch.deliveries), [1], 'what is there is answered');
    },
  },
  {
    name: 'closing the subscription ends a read that waits',
    async run({ open }) {
      const bus = await open();
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const waiting = reader.read({ waitMs: HOUR_MS });
      await reader.close();
      assert.deepEqual((await waiting).deliveries, []);
    },
  },
  {
    name: 'closing the bus ends every read that waits',
    async run({ open }) {
      const bus = await open();
      const owned = await bus.subscribe({ group: 'o', consumer: 'a', streams: STREAMS });
      const shared = await bus.subscribe({ group: 's', consumer: 'a', streams: STREAMS, mode: 'shared' });
      const waiting = [owned.read({ waitMs: HOUR_MS }), shared.read({ waitMs: HOUR_MS })];
      await bus.close();
      for (const batch of await Promise.all(waiting)) assert.deepEqual(batch.deliveries, []);
    },
  },
  {
    name: 'seeking back wakes a read that waits',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 2));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS, from: 'end' });
      const waiting = reader.read({ waitMs: PATIENCE_MS });
      await reader.seek('md:trade', null);
      assert.deepEqual(seqs((await waiting).deliveries), [1, 2]);
    },
  },
];
