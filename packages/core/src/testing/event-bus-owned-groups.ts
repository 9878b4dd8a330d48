import assert from 'node:assert/strict';
import { claimed, type EventBusCase, lagOf, onStream, readNow, refused, seqs, trade, trades } from './bus-case.js';

const STREAMS = ['md:trade'];

/** Owned groups: one member, in order, from the acknowledged place; and trimming, which respects it. */
export const OWNED_GROUP_CASES: readonly EventBusCase[] = [
  {
    name: 'a group begins at the start or at the end',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 3));
      const start = await bus.subscribe({ group: 'start', consumer: 'a', streams: STREAMS });
      const end = await bus.subscribe({ group: 'end', consumer: 'a', streams: STREAMS, from: 'end' });
      await bus.publish(writer, [trade(4)]);
      assert.deepEqual(seqs(await readNow(start)), [1, 2, 3, 4]);
      assert.deepEqual(seqs(await readNow(end)), [4]);
    },
  },
  {
    name: '`from` means nothing to a group that exists',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 2));
      await (await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS })).close();
      const again = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS, from: 'end' });
      assert.deepEqual(seqs(await readNow(again)), [1, 2]);
    },
  },
  {
    name: 'delivers each entry once to a member that lives',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 200));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const read: (number | undefined)[] = [];
      for (let left = true; left; ) {
        const batch = await reader.read({ waitMs: 0, limit: 30 });
        assert.ok(batch.deliveries.length <= 30);
        read.push(...seqs(batch.deliveries));
        left = !batch.drained;
      }
      assert.deepEqual(
        read,
        trades(1, 200).map(({ seq }) => seq),
      );
    },
  },
  {
    name: 'says drained only when no stream of the subscription has more',
    async run({ open }) {
      const bus = await open();
      const ticker = {
        type: 'ticker' as const,
        exchange: 'gmo',
        symbol: 'BTC_JPY',
        ts: 1,
        data: { bid: 1, ask: 2, last: 1, high: 2, low: 1, volume: 0 },
      };
      await bus.publish(null, [trade(null), trade(null), trade(null), ticker]);
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:ticker', 'md:trade'] });
      const first = await reader.read({ waitMs: 0, limit: 2 });
      assert.deepEqual(
        first.deliveries.map(({ stream }) => stream),
        ['md:ticker', 'md:trade', 'md:trade'],
      );
      assert.equal(first.drained, false);
      const second = await reader.read({ waitMs: 0, limit: 2 });
      assert.equal(second.deliveries.length, 1);
      assert.equal(second.drained, true);
    },
  },
  {
    name: 'delivers again what was not acknowledged, to the next that subscribes',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 5));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const deliveries = await readNow(reader);
      await reader.ack('md:trade', [deliveries[2]!.id]);
      await reader.ack('md:trade', [deliveries[0]!.id]);
      await reader.ack('md:trade', [deliveries[2]!.id]);
      await reader.ack('md:trade', []);
      const lag = await lagOf(bus, 'g');
      assert.deepEqual([lag.lag, lag.pending, lag.position], [2, 2, deliveries[2]!.id]);
      await reader.close();
      const next = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      assert.deepEqual(seqs(await readNow(next)), [4, 5]);
    },
  },
  {
    name: 'subscribing takes over: the member before fails, and harms nothing',
    async run({ open }) {
      const [first, second] = [await open(), await open()];
      const writer = await claimed(first);
      await first.publish(writer, trades(1, 3));
      const old = await first.subscribe({ group: 'g', consumer: 'old', streams: STREAMS });
      const deliveries = await readNow(old);
      const fresh = await second.subscribe({ group: 'g', consumer: 'new', streams: STREAMS });
      await refused('BUS_GROUP_TAKEN', () => old.read({ waitMs: 0 }));
      await refused('BUS_GROUP_TAKEN', () => old.ack('md:trade', [deliveries[2]!.id]));
      await refused('BUS_GROUP_TAKEN', () => old.seek('md:trade', null));
      await old.close();
      assert.deepEqual(seqs(await readNow(fresh)), [1, 2, 3]);
    },
  },
  {
    name: 'taking over ends a read that waits',
    async run({ open }) {
      const [first, second] = [await open(), await open()];
      const old = await first.subscribe({ group: 'g', consumer: 'old', streams: STREAMS });
      const waiting = refused('BUS_GROUP_TAKEN', () => old.read({ waitMs: 60_000 }));
      await second.subscribe({ group: 'g', consumer: 'new', streams: STREAMS });
      await waiting;
    },
  },
  {
    name: 'two groups do not touch each other',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 2));
      const a = await bus.subscribe({ group: 'a', consumer: 'one', streams: STREAMS });
      const b = await bus.subscribe({ group: 'b', consumer: 'one', streams: STREAMS });
      const deliveries = await readNow(a);
      await a.ack('md:trade', [deliveries[1]!.id]);
      assert.deepEqual(seqs(await readNow(b)), [1, 2]);
      assert.equal((await bus.lag()).length, 2);
      assert.equal((await lagOf(bus, 'a')).lag, 0);
      assert.equal((await lagOf(bus, 'b')).lag, 2);
    },
  },
  {
    name: 'seeks back, forward and to the start; the place stays',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 100));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const deliveries = await readNow(reader);
      await reader.ack('md:trade', [deliveries.at(-1)!.id]);
      await reader.seek('md:trade', deliveries[89]!.id);
      assert.deepEqual(seqs(await readNow(reader)), [91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
      await reader.seek('md:trade', null);
      assert.equal((await lagOf(bus, 'g')).lag, 100);
      assert.deepEqual(seqs(await readNow(reader, 2)), [1, 2]);
      await reader.seek('md:trade', deliveries[97]!.id);
      await reader.close();
      const next = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      assert.deepEqual(seqs(await readNow(next)), [99, 100]);
    },
  },
  {
    name: 'a place beyond the end hides nothing that is appended later',
    async run({ open, farId = '1000' }) {
      const [before, bus] = [await open(), await open()];
      const writer = await claimed(before);
      await before.publish(writer, trades(1, 2));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const other = await bus.subscribe({ group: 'other', consumer: 'a', streams: STREAMS });
      await reader.seek('md:trade', farId);
      assert.deepEqual(await readNow(reader), []);
      assert.deepEqual(seqs((await other.read({ waitMs: 0 })).deliveries), [1, 2]);
      assert.equal((await other.read({ waitMs: 0 })).drained, true);
      await before.publish(writer, [trade(3)]);
      assert.deepEqual(seqs(await readNow(reader)), [3]);
      assert.deepEqual(seqs(await readNow(other)), [3]);
      assert.deepEqual(await onStream(bus), [1, 2, 3]);
    },
  },
  {
    name: 'refuses streams and ids it does not know',
    async run({ open }) {
      const bus = await open();
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      await refused('BUS_UNKNOWN_ENTRY', () => reader.ack('md:ticker', ['1']));
      await refused('BUS_UNKNOWN_ENTRY', () => reader.seek('md:trade', '../1'));
      await reader.close();
      await reader.close();
      await refused('BUS_CLOSED', () => reader.read());
      await refused('BUS_CLOSED', () => reader.ack('md:trade', ['1']));
    },
  },
  {
    name: 'forgets a dropped group',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 2));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      await reader.ack('md:trade', [(await readNow(reader))[1]!.id]);
      await bus.dropGroup('g');
      await bus.dropGroup('never was');
      assert.deepEqual(await bus.lag(), []);
      await refused('BUS_GROUP_TAKEN', () => reader.read({ waitMs: 0 }));
      const again = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      assert.deepEqual(seqs(await readNow(again)), [1, 2]);
    },
  },
  {
    name: 'trims the head, and never what a group has not acknowledged',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 200));
      assert.equal(await bus.trim('md:trade', 190), 10);
      assert.equal(await bus.trim('md:trade', 190), 0);
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: STREAMS });
      const deliveries = await readNow(reader);
      assert.deepEqual(seqs(deliveries).slice(0, 2), [11, 12]);
      assert.equal(await bus.trim('md:trade', 0), 0, 'delivered is not acknowledged');
      await reader.ack('md:trade', [deliveries[100]!.id]);
      assert.equal(await bus.trim('md:trade', 0), 101);
      const [info] = await bus.streams();
      assert.deepEqual([info?.length, info?.firstId], [89, deliveries[101]!.id]);
      assert.deepEqual((await onStream(bus)).slice(0, 2), [112, 113]);
      await reader.ack('md:trade', [deliveries.at(-1)!.id]);
      assert.equal(await bus.trim('md:trade', 1), 88);
      assert.equal(await bus.trim('md:trade', 0), 1);
      assert.deepEqual(
        (await bus.streams()).map(({ length, firstId, lastId }) => [length, firstId, lastId]),
        [[0, null, null]],
      );
      await bus.publish(writer, [trade(201)]);
      assert.deepEqual(seqs(await readNow(reader)), [201]);
      const late = await bus.subscribe({ group: 'late', consumer: 'a', streams: STREAMS });
      assert.deepEqual(seqs(await readNow(late)), [201]);
    },
  },
];
