import { setTimeout as delay } from 'node:timers/promises';
import { type AlphaEvent, type EventBus, Publisher, type Subscription } from '@alpha-engine/core';
import { expect } from 'vitest';

const SERIES = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
const CALLS = 4;
const EVENTS = 10;
const PAUSE_MS = 4;

/** Trades on their way without end: one publisher, an owner and a member of a shared group, each on a handle of its own. */
export interface Load {
  /** Events the bus has acknowledged. */
  readonly acknowledged: number;
  /** The last number the owner has read. */
  readonly read: number;
  /** Resolves when `count` more were acknowledged and both readers have them. Throws what ended the publisher or a reader. */
  more(count: number): Promise<void>;
  /** Stops, lets the readers read all, and expects every number once and in order on the stream and at the readers. */
  end(): Promise<void>;
}

export async function startLoad(open: () => Promise<EventBus>): Promise<Load> {
  const [out, ownerIn, memberIn] = [await open(), await open(), await open()];
  const publisher = await Publisher.open(out, [SERIES]);
  const owner = await ownerIn.subscribe({ group: 'owner', consumer: 'a', streams: ['md:trade'] });
  const shared = { group: 'shared', consumer: 'a', streams: ['md:trade'], mode: 'shared' } as const;
  const member = await memberIn.subscribe({ ...shared, redeliverAfterMs: 1000 });
  let published = 0;
  let acknowledged = 0;
  let stopping = false;
  let broken: unknown = null;
  const owned: number[] = [];
  const handed = new Set<number>();
  const fail = (error: unknown) => {
    broken ??= error;
  };

  const publishing = (async () => {
    while (!stopping) {
      const call = () => publisher.publish(Array.from({ length: EVENTS }, () => trade(++published)));
      await Promise.all(Array.from({ length: CALLS }, call));
      acknowledged = published;
      await delay(PAUSE_MS);
    }
  })().catch(fail);
  const reading = async (subscription: Subscription, take: (seq: number) => void, seen: () => number) => {
    while (!stopping || (broken === null && seen() < published)) {
      const { deliveries } = await subscription.read({ waitMs: 200 });
      for (const { event } of deliveries) take(event.seq!);
      const ids = deliveries.map(({ id }) => id);
      if (ids.length > 0) await subscription.ack('md:trade', ids);
    }
  };
  // At least once: what comes again was applied before, and is none of the load's business.
  const applyOwned = (seq: number) => {
    if (seq > (owned.at(-1) ?? 0)) owned.push(seq);
  };
  const readers = [
    reading(owner, applyOwned, () => owned.at(-1) ?? 0).catch(fail),
    reading(
      member,
      (seq) => handed.add(seq),
      () => handed.size,
    ).catch(fail),
  ];

  return {
    get acknowledged() {
      return acknowledged;
    },
    get read() {
      return owned.at(-1) ?? 0;
    },
    more: async (count) => {
      const goal = acknowledged + count;
      while (acknowledged < goal || (owned.at(-1) ?? 0) < goal || handed.size < goal) {
        if (broken !== null) throw broken;
        await delay(10);
      }
    },
    end: async () => {
      stopping = true;
      await Promise.all([publishing, ...readers]);
      if (broken !== null) throw broken;
      await publisher.close();
      const all = Array.from({ length: published }, (_, index) => index + 1);
      expect(await numbersOn(out), 'on the stream').toEqual(all);
      expect(owned, 'read by the owner').toEqual(all);
      expect(
        [...handed].sort((a, b) => a - b),
        'read by the member',
      ).toEqual(all);
    },
  };
}

/** Every `seq` on the stream, in its order. */
async function numbersOn(bus: EventBus): Promise<number[]> {
  const numbers: number[] = [];
  for (let after: string | null = null; ; ) {
    const page = await bus.range('md:trade', after, 5000);
    for (const { event } of page) numbers.push(event.seq!);
    if (page.length < 5000) return numbers;
    after = page.at(-1)!.id;
  }
}

function trade(n: number): AlphaEvent {
  const data = { price: n, size: 0.01, side: 'buy' } as const;
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1_732_312_345_000 + n, data };
}
