import assert from 'node:assert/strict';
import type { DeadLetter } from '../bus/dead-letter.js';
import type { Delivery } from '../bus/event-bus.js';
import {
  broken,
  claimed,
  ETHER,
  type EventBusCase,
  onStream,
  readNow,
  refused,
  seqs,
  TRADES,
  trade,
  trades,
} from './bus-case.js';

/** Appending: order, once only, who may. */
export const PUBLISHING_CASES: readonly EventBusCase[] = [
  {
    name: 'a new bus is empty',
    async run({ open }) {
      const bus = await open();
      assert.deepEqual(await bus.streams(), []);
      assert.deepEqual(await bus.lag(), []);
      assert.deepEqual(await bus.range('md:trade', null, 10), []);
      assert.deepEqual(await bus.deadLetters('md:trade', null, 10), []);
      assert.equal(await bus.trim('md:trade', 0), 0);
      assert.deepEqual((await bus.claim([TRADES])).lastSeq.get('md:trade|gmo|BTC_JPY|trade'), 0);
    },
  },
  {
    name: 'goes on from the count of the claimer where the bus stands lower, and only there',
    async run({ open }) {
      const bus = await open();
      const key = 'md:trade|gmo|BTC_JPY|trade';
      const { lastSeq, writer } = await bus.claim([TRADES, ETHER], undefined, new Map([[key, 41]]));
      assert.deepEqual([...lastSeq.values()], [41, 0]);
      assert.deepEqual(await bus.publish(writer, trades(40, 43)), { appended: 2, skipped: 2 });
      await refused('BUS_SEQUENCE_HOLE', () => bus.publish(writer, [trade(2, 'ETH_JPY')]));
      assert.equal((await bus.claim([TRADES], undefined, new Map([[key, 7]]))).lastSeq.get(key), 43);
    },
  },
  {
    name: 'keeps the order of a stream, across calls and inside each',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      const calls = Array.from({ length: 20 }, (_, index) => bus.publish(writer, trades(index * 7 + 1, index * 7 + 7)));
      await Promise.all(calls);
      assert.deepEqual(
        await onStream(bus),
        trades(1, 140).map(({ seq }) => seq),
      );
    },
  },
  {
    name: 'gives back exactly what was published',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      const event = { ...trade(1), recv_ts: 5, origin: 'live' as const };
      await bus.publish(writer, [event]);
      const [delivery] = await bus.range('md:trade', null, 1);
      assert.deepEqual(delivery?.event, event);
    },
  },
  {
    name: 'spreads the events of one call over their streams',
    async run({ open }) {
      const bus = await open();
      const signal = {
        type: 'signal' as const,
        exchange: 'gmo',
        symbol: 'BTC_JPY',
        ts: 1,
        strategy: 's',
        action: 'hold' as const,
        confidence: 1,
        price_ref: 1,
        meta: { text: 'a line\nand another 日本語' },
      };
      const result = await bus.publish(null, [trade(null), signal, trade(null, 'ETH_JPY')]);
      assert.deepEqual(result, { appended: 3, skipped: 0 });
      assert.deepEqual(
        (await bus.streams()).map(({ stream, length }) => [stream, length]),
        [
          ['md:trade', 2],
          ['signal:gmo', 1],
        ],
      );
      assert.deepEqual((await bus.range('signal:gmo', null, 1))[0]?.event, signal);
    },
  },
  {
    name: 'holds many streams at once',
    async run({ open }) {
      const bus = await open();
      const exchanges = Array.from({ length: 40 }, (_, index) => `exchange${index}`);
      const control = (exchange: string, id: string) =>
        ({ type: 'control', exchange, symbol: '*', ts: 1, id, action: 'halt', reason: 'test' }) as const;
      await bus.publish(
        null,
        exchanges.flatMap((exchange) => [control(exchange, 'a'), control(exchange, 'b')]),
      );
      const streams = exchanges.map((exchange) => `ctl:${exchange}`);
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams });
      const deliveries = await readNow(reader);
      assert.deepEqual(
        deliveries.map(({ stream }) => stream),
        streams.flatMap((stream) => [stream, stream]),
        'grouped by stream in the order of the subscription',
      );
      assert.equal((await bus.streams()).length, 40);
    },
  },
  {
    name: 'appends once however often a call is repeated',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      assert.deepEqual(await bus.publish(writer, trades(1, 5)), { appended: 5, skipped: 0 });
      assert.deepEqual(await bus.publish(writer, trades(1, 5)), { appended: 0, skipped: 5 });
      assert.deepEqual(await bus.publish(writer, trades(4, 8)), { appended: 3, skipped: 2 });
      assert.deepEqual(await onStream(bus), [1, 2, 3, 4, 5, 6, 7, 8]);
    },
  },
  {
    name: 'refuses a hole, with nothing of the call appended',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus, TRADES, ETHER);
      await bus.publish(writer, trades(1, 2));
      await refused('BUS_SEQUENCE_HOLE', () => bus.publish(writer, [trade(1, 'ETH_JPY'), trade(3), trade(5)]));
      assert.deepEqual(await onStream(bus), [1, 2]);
      assert.deepEqual(await bus.publish(writer, [trade(1, 'ETH_JPY'), trade(3), trade(4)]), {
        appended: 3,
        skipped: 0,
      });
    },
  },
  {
    name: 'counts every series by itself',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus, TRADES, ETHER);
      await bus.publish(writer, [trade(1), trade(1, 'ETH_JPY'), trade(2), trade(2, 'ETH_JPY')]);
      const { lastSeq } = await bus.claim([TRADES, ETHER]);
      assert.deepEqual([...lastSeq.values()], [2, 2]);
    },
  },
  {
    name: 'fences off the writer before, on every handle',
    async run({ open }) {
      const [first, second] = [await open(), await open()];
      const old = await claimed(first);
      await first.publish(old, trades(1, 3));
      const claim = await second.claim([TRADES]);
      assert.ok(claim.writer > old);
      assert.equal(claim.lastSeq.get('md:trade|gmo|BTC_JPY|trade'), 3);
      await refused('BUS_FENCED', () => first.publish(old, [trade(4)]));
      await refused('BUS_FENCED', () => first.publish(old, [trade(3)]));
      await second.publish(claim.writer, [trade(4)]);
      assert.deepEqual(await onStream(first), [1, 2, 3, 4]);
    },
  },
  {
    name: 'refuses a numbered event of a series nobody claimed',
    async run({ open }) {
      const bus = await open();
      await refused('BUS_FENCED', () => bus.publish(null, [trade(1)]));
      const writer = await claimed(bus, ETHER);
      await refused('BUS_FENCED', () => bus.publish(writer, [trade(1)]));
      assert.deepEqual(await onStream(bus), []);
    },
  },
  {
    name: 'lets a writer add a series, but not one a later writer holds',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus, TRADES);
      assert.equal((await bus.claim([ETHER], writer)).writer, writer);
      await bus.publish(writer, [trade(1), trade(1, 'ETH_JPY')]);
      const later = await claimed(bus, ETHER);
      await refused('BUS_FENCED', () => bus.claim([ETHER], writer));
      await bus.publish(later, [trade(2, 'ETH_JPY')]);
      await bus.publish(writer, [trade(2)]);
    },
  },
  {
    name: 'looks back from the end of a stream',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      assert.deepEqual(await bus.latest('md:trade', null, 10), []);
      await bus.publish(writer, trades(1, 25));
      const end = await bus.latest('md:trade', null, 10);
      assert.deepEqual(end.map(seqOf), [16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
      const middle = await bus.latest('md:trade', end[0]!.id, 10);
      assert.deepEqual(middle.map(seqOf), [6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
      const rest = await bus.latest('md:trade', middle[0]!.id, 10);
      assert.deepEqual(rest, await bus.range('md:trade', null, 5));
      assert.deepEqual(await bus.latest('md:trade', rest[0]!.id, 10), []);
    },
  },
  {
    name: 'ranges over a part of a stream',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 150));
      const head = await bus.range('md:trade', null, 70);
      assert.equal(head.length, 70);
      const next = await bus.range('md:trade', head.at(-1)!.id, 70);
      assert.deepEqual(
        seqs(next),
        trades(71, 140).map(({ seq }) => seq),
      );
      const last = (await bus.streams())[0]?.lastId;
      assert.deepEqual(await bus.range('md:trade', last ?? null, 10), []);
      await refused('BUS_UNKNOWN_ENTRY', () => bus.range('md:trade', 'not an id', 10));
    },
  },
  {
    name: 'puts what cannot be decoded on the dead-letter stream, once, and reads on',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, [trade(1), broken(), trade(2), broken()]);
      const told: DeadLetter[] = [];
      for (const group of ['a', 'b']) {
        const onDeadLetters = (letters: readonly DeadLetter[]) => told.push(...letters);
        const reader = await bus.subscribe({ group, consumer: 'one', streams: ['md:trade'], onDeadLetters });
        assert.deepEqual(seqs(await readNow(reader, 3)), [1, 2]);
        const rest = await reader.read({ waitMs: 0 });
        assert.deepEqual(rest, { deliveries: [], drained: true });
      }
      const letters = await bus.deadLetters('md:trade', null, 10);
      assert.equal(letters.length, 2);
      // Where streams have suffixes, they are told by their full names.
      const withoutStream = ({ stream: _, ...rest }: DeadLetter) => rest;
      assert.deepEqual(told.map(withoutStream), letters.map(withoutStream));
      const [letter] = letters;
      assert.equal(letter?.stream, 'md:trade');
      assert.equal(letter?.group, 'a');
      assert.match(letter?.reason ?? '', /price/);
      assert.deepEqual(JSON.parse(letter?.text ?? ''), broken());
      assert.equal((await bus.deadLetters('md:trade', null, 1)).length, 1);
      assert.deepEqual(await onStream(bus), [1, 2]);
    },
  },
  {
    name: 'puts dead letters back at the end of their stream, once',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, [trade(1), broken(), trade(2), broken()]);
      const reader = await bus.subscribe({ group: 'a', consumer: 'one', streams: ['md:trade'] });
      await readNow(reader, 2);
      await reader.read({ waitMs: 0 });
      const [first, second] = await bus.deadLetters('md:trade', null, 10);
      assert.equal(await bus.putBack('md:trade', [first!.entry_id, 'nobody']), 1);
      assert.equal(await bus.putBack('md:trade', [first!.entry_id]), 0, 'it is no dead letter any more');
      assert.deepEqual(await bus.deadLetters('md:trade', null, 10), [second]);

      // It still cannot be decoded, so it comes back from its new place, behind the other one.
      assert.deepEqual((await reader.read({ waitMs: 0 })).deliveries, []);
      const letters = await bus.deadLetters('md:trade', null, 10);
      assert.equal(letters.length, 2);
      assert.deepEqual(letters[0], second);
      assert.equal(letters[1]?.text, first?.text);
      assert.notEqual(letters[1]?.entry_id, first?.entry_id);
    },
  },
  {
    name: 'goes on where it was after every handle was closed',
    async run({ open }) {
      const bus = await open();
      const writer = await claimed(bus);
      await bus.publish(writer, trades(1, 3));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
      await reader.ack('md:trade', [(await readNow(reader))[1]!.id]);
      await bus.close();
      const again = await open();
      assert.deepEqual(await onStream(again), [1, 2, 3]);
      assert.ok((await claimed(again)) > writer);
      const back = await again.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
      assert.deepEqual(seqs(await readNow(back)), [3]);
    },
  },
  {
    name: 'closes twice, and refuses everything afterwards',
    async run({ open }) {
      const [bus, other] = [await open(), await open()];
      const writer = await claimed(bus);
      const writing = bus.publish(writer, trades(1, 100));
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
      await Promise.all([bus.close(), bus.close()]);
      assert.equal((await writing).appended, 100, 'what was being written is written');
      await refused('BUS_CLOSED', () => bus.publish(writer, [trade(101)]));
      await refused('BUS_CLOSED', () => bus.claim([TRADES]));
      await refused('BUS_CLOSED', () => bus.range('md:trade', null, 1));
      await refused('BUS_CLOSED', () => bus.streams());
      await refused('BUS_CLOSED', () => bus.lag());
      await refused('BUS_CLOSED', () => bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] }));
      await refused('BUS_CLOSED', () => reader.read());
      assert.equal((await onStream(other)).length, 100, 'other handles stay open');
    },
  },
];

const seqOf = ({ event }: Delivery): number | undefined => event.seq;
