import {
  AlphaError,
  type EventBus,
  MemoryBus,
  Publisher,
  type PublishResult,
  seriesOf,
  type TradeEvent,
} from '@alpha-engine/core';
import { describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../support/random.js';
import { replaceable } from './support/replaceable.js';

const SEED = Number(process.env.ALPHA_SEED ?? 11);

function trade(price: number, symbol = 'BTC_JPY'): TradeEvent {
  return { type: 'trade', exchange: 'gmo', symbol, ts: 1, data: { price, size: 1, side: 'buy' } };
}

const BITCOIN = seriesOf(trade(1));
const ETHER = seriesOf(trade(1, 'ETH_JPY'));

async function prices(bus: EventBus): Promise<[number | undefined, number][]> {
  const deliveries = await bus.range('md:trade', null, 10_000);
  return deliveries.map(({ event }) => [event.seq, (event as TradeEvent).data.price]);
}

/** The real bus, with a wire in front of it that may lose a call or its answer. */
function unreliable(bus: MemoryBus, fault: () => 'none' | 'request' | 'answer'): EventBus {
  const publish = async (writer: number | null, events: Parameters<EventBus['publish']>[1]): Promise<PublishResult> => {
    const kind = fault();
    if (kind === 'request') throw new Error('The request was lost.');
    const result = await bus.publish(writer, events);
    if (kind === 'answer') throw new Error('The answer was lost.');
    return result;
  };
  return new Proxy<EventBus>(bus, {
    get: (target, name) => {
      if (name === 'publish') return publish;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('Publisher', () => {
  it('numbers each series from where the bus stands', async () => {
    const bus = new MemoryBus();
    const first = await Publisher.open(bus, [BITCOIN, ETHER]);
    await first.publish([trade(1), trade(2, 'ETH_JPY'), trade(3)]);
    await first.close();
    const second = await Publisher.open(bus, [BITCOIN]);
    expect(second.lastSeq(BITCOIN)).toBe(2);
    expect(second.lastSeq(ETHER)).toBe(0);
    await Promise.all([second.publish([trade(4)]), second.publish([trade(5), trade(6)])]);
    expect(await prices(bus)).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 6],
    ]);
    expect(second.counts).toEqual({ published: 3, skipped: 0, republished: 0 });
    expect(second.queued).toBe(0);
    await second.close();
    await bus.close();
  });

  it('claims a series it first sees in publish, and goes on in it', async () => {
    const bus = new MemoryBus();
    const before = await Publisher.open(bus, []);
    await before.publish([trade(1, 'ETH_JPY')]);
    const publisher = await Publisher.open(bus, [BITCOIN]);
    await Promise.all([publisher.publish([trade(2)]), publisher.publish([trade(3, 'ETH_JPY'), trade(4)])]);
    expect(publisher.lastSeq(ETHER)).toBe(2);
    await expect(before.publish([trade(5, 'ETH_JPY')])).rejects.toMatchObject({ code: 'BUS_FENCED' });
    await bus.close();
  });

  it('keeps the number of an event that has one, and does not double it', async () => {
    const bus = new MemoryBus();
    const publisher = await Publisher.open(bus, [BITCOIN]);
    await publisher.publish([trade(1), trade(2)]);
    await publisher.publish([{ ...trade(2), seq: 2 }, { ...trade(3), seq: 3 }, trade(4)]);
    expect(publisher.counts).toEqual({ published: 4, skipped: 1, republished: 0 });
    expect((await prices(bus)).map(([seq]) => seq)).toEqual([1, 2, 3, 4]);
    await bus.close();
  });

  it('hands a long call to the bus in parts', async () => {
    const bus = new MemoryBus();
    const publish = vi.spyOn(bus, 'publish');
    const publisher = await Publisher.open(bus, [BITCOIN], { maxBatch: 7 });
    await publisher.publish(Array.from({ length: 50 }, (_, index) => trade(index + 1)));
    expect(publish.mock.calls.map(([, events]) => events.length)).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
    expect(await prices(bus)).toEqual(Array.from({ length: 50 }, (_, index) => [index + 1, index + 1]));
    await publisher.close();
    await bus.close();
  });

  it(`loses, doubles and reorders nothing on a bad line (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const bus = new MemoryBus();
    const line = unreliable(bus, () => {
      const dice = random();
      return dice < 0.15 ? 'request' : dice < 0.3 ? 'answer' : 'none';
    });
    const publisher = await Publisher.open(line, [BITCOIN], { maxBatch: 7 });
    const calls: Promise<void>[] = [];
    for (let price = 1; price <= 300; price += 3)
      calls.push(publisher.publish([trade(price), trade(price + 1), trade(price + 2)]));
    await Promise.all(calls);
    expect(await prices(bus)).toEqual(Array.from({ length: 300 }, (_, index) => [index + 1, index + 1]));
    expect(publisher.counts.published + publisher.counts.skipped).toBe(300);
    await publisher.close();
    await bus.close();
  });

  it('stops for good when another writer takes over', async () => {
    const bus = new MemoryBus();
    const old = await Publisher.open(bus, [BITCOIN]);
    await old.publish([trade(1)]);
    const fresh = await Publisher.open(bus, [BITCOIN]);
    const refused = [old.publish([trade(2)]), old.publish([trade(3)])];
    for (const answer of await Promise.allSettled(refused)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'BUS_FENCED' } });
    }
    await expect(old.publish([trade(4)])).rejects.toMatchObject({ code: 'BUS_FENCED' });
    await old.close();
    await fresh.publish([trade(5)]);
    expect(await prices(bus)).toEqual([
      [1, 1],
      [2, 5],
    ]);
    await bus.close();
  });

  it('gives up after a while, with the reason, and stops', async () => {
    const bus = new MemoryBus();
    const line = unreliable(bus, () => 'request');
    const publisher = await Publisher.open(line, [BITCOIN], { giveUpAfterMs: 0 });
    await expect(publisher.publish([trade(1)])).rejects.toThrow('The request was lost.');
    await expect(publisher.publish([trade(2)])).rejects.toThrow('The request was lost.');
    expect(await prices(bus)).toEqual([]);
    await publisher.close();
    await bus.close();
  });

  it('leaves numbers out on purpose, once more for a bus that came back without its last moments', async () => {
    const { bus, replace } = replaceable(new MemoryBus());
    const publisher = await Publisher.open(bus, [BITCOIN]);
    await publisher.publish([trade(1), trade(2)]);
    await publisher.skipTo(BITCOIN, 10);
    await publisher.publish([trade(3)]);
    replace(new MemoryBus());
    await publisher.publish([trade(4)]);
    expect(await prices(bus)).toEqual([
      [1, 1],
      [2, 2],
      [11, 3],
      [12, 4],
    ]);
    expect(publisher.counts).toEqual({ published: 4, skipped: 0, republished: 3 });
    await publisher.close();
  });

  it('goes on behind what the bus lost and it does not keep any more, where somebody tells of it', async () => {
    const { bus, replace } = replaceable(new MemoryBus());
    const onLost = vi.fn();
    const publisher = await Publisher.open(bus, [BITCOIN, ETHER], { maxKept: 3, onLost });
    for (let price = 1; price <= 6; price++) await publisher.publish([trade(price)]);
    await publisher.publish([trade(1, 'ETH_JPY')]);
    replace(new MemoryBus());
    await publisher.publish([trade(7)]);
    await publisher.publish([trade(2, 'ETH_JPY')]);
    expect((await prices(bus)).sort((a, b) => a[1] - b[1])).toEqual([
      [1, 1],
      [2, 2],
      [5, 5],
      [6, 6],
      [7, 7],
    ]);
    expect(onLost.mock.calls).toEqual([[{ series: BITCOIN, from: 1, to: 4, ts: 1 }]]);
    await publisher.close();

    const untold = await Publisher.open(bus, [BITCOIN], { maxKept: 1 });
    for (let price = 8; price <= 10; price++) await untold.publish([trade(price)]);
    replace(new MemoryBus());
    await expect(untold.publish([trade(11)])).rejects.toMatchObject({ code: 'BUS_SEQUENCE_HOLE' });
  });

  it('sends again what every series lost, in order, before anything newer', async () => {
    const { bus, replace } = replaceable(new MemoryBus());
    const publisher = await Publisher.open(bus, [BITCOIN, ETHER]);
    for (const event of [trade(1), trade(2, 'ETH_JPY'), trade(3), trade(4, 'ETH_JPY'), trade(5)]) {
      await publisher.publish([event]);
    }
    const older = new MemoryBus();
    const { writer } = await older.claim([BITCOIN, ETHER], publisher.writer);
    await older.publish(writer, [{ ...trade(1), seq: 1 }]);
    replace(older);
    await publisher.publish([trade(6)]);
    expect((await prices(bus)).map(([, price]) => price)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(publisher.counts).toEqual({ published: 6, skipped: 0, republished: 4 });
    await publisher.close();
  });

  it('says so when the bus lost what it had acknowledged', async () => {
    const bus = new MemoryBus();
    const forgetful = unreliable(bus, () => 'none');
    const publisher = await Publisher.open(forgetful, [BITCOIN]);
    await expect(publisher.publish([{ ...trade(1), seq: 5 }])).rejects.toMatchObject({ code: 'BUS_SEQUENCE_HOLE' });
    await bus.close();
  });

  it('refuses more than it may keep, and takes it later', async () => {
    const bus = new MemoryBus();
    const publisher = await Publisher.open(bus, [BITCOIN], { maxQueued: 3 });
    const first = publisher.publish([trade(1), trade(2)]);
    const error = await publisher.publish([trade(3), trade(4)]).catch((reason: unknown) => reason);
    expect(AlphaError.is(error, 'BUS_QUEUE_FULL')).toBe(true);
    await first;
    await publisher.publish([trade(3), trade(4), trade(5), trade(6)]);
    expect((await prices(bus)).length).toBe(6);
    await publisher.close();
    await expect(publisher.publish([trade(7)])).rejects.toMatchObject({ code: 'BUS_CLOSED' });
    await bus.close();
  });

  it('publishes what it has before it closes', async () => {
    const bus = new MemoryBus();
    const publisher = await Publisher.open(bus, [BITCOIN]);
    const calls = Array.from({ length: 50 }, (_, index) => publisher.publish([trade(index + 1)]));
    await publisher.close();
    await Promise.all(calls);
    expect((await prices(bus)).length).toBe(50);
    await bus.close();
  });
});
