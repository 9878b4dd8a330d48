import assert from 'node:assert/strict';
import { ManualClock } from '../telemetry/clock.js';
import { claimed, type EventBusCase, lagOf, PATIENCE_MS, readNow, refused, seqs, trade, trades } from './bus-case.js';

const STREAMS = ['md:trade'];
const SHARED = { group: 'g', streams: STREAMS, mode: 'shared' } as const;

/** Shared groups: each entry to one member, and to another when it is left too long. */
export const SHARED_GROUP_CASES: readonly EventBusCase[] = [
  {
    name: 'members of a shared group share its entries',
    async run({ open }) {
      const [first, second] = [await open(), await open()];
      const writer = await claimed(first);
      await first.publish(writer, trades(1, 10));
      const a = await first.subscribe({ ...SHARED, consumer: 'a' });
      const b = await second.subscribe({ ...SHARED, consumer: 'b' });
      const mine = await readNow(a, 4);
      const theirs = await readNow(b, 4);
      const rest = await readNow(a, 4);
      assert.deepEqual(
        [...seqs(mine), ...seqs(theirs), ...seqs(rest)],
        trades(1, 10).map(({ seq }) => seq),
      );
      const lag = await lagOf(second, 'g');
      assert.deepEqual([lag.lag, lag.pending, lag.position], [10, 10, null]);
    },
  },
  {
    name: 'acknowledges exactly the entries that are named',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 4));
      const a = await bus.subscribe({ ...SHARED, consumer: 'a' });
      const ids = (await readNow(a)).map(({ id }) => id);
      await a.ack('md:trade', [ids[0]!, ids[2]!]);
      await a.ack('md:trade', [ids[0]!]);
      const lag = await lagOf(bus, 'g');
      assert.deepEqual([lag.lag, lag.pending, lag.position], [2, 2, ids[0]]);
      assert.equal(await bus.trim('md:trade', 0), 1, 'trimming stops at the first that is pending');
      await a.ack('md:trade', [ids[1]!, ids[3]!]);
      assert.equal((await lagOf(bus, 'g')).position, ids[3]);
    },
  },
  {
    name: 'gives what a member left to another, by idle time, waking it',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 3));
      const lost = await bus.subscribe({ ...SHARED, consumer: 'lost', redeliverAfterMs: 50 });
      const taken = await readNow(lost);
      await lost.ack('md:trade', [taken[1]!.id]);
      const other = await bus.subscribe({ ...SHARED, consumer: 'other', redeliverAfterMs: 50 });
      const { deliveries } = await other.read({ waitMs: PATIENCE_MS });
      assert.deepEqual(seqs(deliveries), [1, 3]);
      await other.ack(
        'md:trade',
        deliveries.map(({ id }) => id),
      );
      assert.equal((await lagOf(bus, 'g')).lag, 0);
    },
  },
  {
    name: 'gives what a member left to another when its time has come on the clock, not before',
    async run({ open }) {
      const clock = new ManualClock(1_732_312_345_000);
      const bus = await open(clock);
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 3));
      const member = { ...SHARED, redeliverAfterMs: 30_000 };
      const lost = await bus.subscribe({ ...member, consumer: 'lost' });
      const other = await bus.subscribe({ ...member, consumer: 'other' });
      assert.deepEqual(seqs(await readNow(lost)), [1, 2, 3]);
      // Far from the border: a server has a clock of its own, which goes on between two commands.
      clock.advance(20_000);
      assert.deepEqual(await readNow(other), []);
      clock.advance(10_000);
      assert.deepEqual(seqs(await readNow(other)), [1, 2, 3]);
      // In the other's hands their time begins anew.
      clock.advance(20_000);
      assert.deepEqual(await readNow(lost), []);
      clock.advance(10_000);
      assert.deepEqual(seqs(await readNow(lost)), [1, 2, 3]);
    },
  },
  {
    name: 'keeps what a member has in hand from others while it is fresh',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 3));
      const a = await bus.subscribe({ ...SHARED, consumer: 'a' });
      const b = await bus.subscribe({ ...SHARED, consumer: 'b' });
      assert.equal((await readNow(a)).length, 3);
      assert.deepEqual(await b.read({ waitMs: 0 }), { deliveries: [], drained: true });
      await bus.publish(writer, [trade(4)]);
      assert.deepEqual(seqs(await readNow(b)), [4]);
    },
  },
  {
    name: 'gives a member that starts anew what it left, at once',
    async run({ open }) {
      const [first, second] = [await open(), await open()];
      const writer = await claimed(first);
      await first.publish(writer, trades(1, 3));
      const before = await first.subscribe({ ...SHARED, consumer: 'a' });
      await readNow(before);
      const after = await second.subscribe({ ...SHARED, consumer: 'a' });
      assert.deepEqual(seqs(await readNow(after)), [1, 2, 3]);
    },
  },
  {
    name: 'seeks for the whole group',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 5));
      const a = await bus.subscribe({ ...SHARED, consumer: 'a' });
      const ids = (await readNow(a)).map(({ id }) => id);
      await a.seek('md:trade', ids[2]!);
      const b = await bus.subscribe({ ...SHARED, consumer: 'b' });
      assert.deepEqual(seqs(await readNow(b)), [4, 5]);
    },
  },
  {
    name: 'a group keeps its mode',
    async run({ open }) {
      const bus = await open();
      await bus.subscribe({ ...SHARED, consumer: 'a' });
      await refused('BUS_GROUP_TAKEN', () => bus.subscribe({ group: 'g', consumer: 'b', streams: STREAMS }));
      await bus.subscribe({ group: 'owned', consumer: 'a', streams: STREAMS });
      await refused('BUS_GROUP_TAKEN', () => bus.subscribe({ ...SHARED, group: 'owned', consumer: 'b' }));
    },
  },
];
