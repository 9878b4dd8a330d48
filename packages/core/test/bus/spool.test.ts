import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AlphaEvent,
  batchOf,
  type EventBatch,
  type EventBus,
  MemoryBus,
  MetricsRegistry,
  Publisher,
  type StatusEvent,
  seriesOf,
  type TradeEvent,
} from '@alpha-engine/core';
import { type SpoolingOptions, SpoolingPublisher } from '@alpha-engine/core/process';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { withOutage } from './support/outage.js';
import { replaceable } from './support/replaceable.js';

const SEED = Number(process.env.ALPHA_SEED ?? Math.floor(Math.random() * 1e9));
const MB = 1024 ** 2;

function trade(price: number, symbol = 'BTC_JPY'): TradeEvent {
  return {
    type: 'trade',
    exchange: 'gmo',
    symbol,
    ts: 1_732_312_345_000 + price,
    data: { price, size: 1, side: 'buy' },
  };
}

function status(state: StatusEvent['data']['state'], symbol = 'BTC_JPY'): StatusEvent {
  return { type: 'status', exchange: 'gmo', symbol, ts: 1_732_312_345_000, data: { state } };
}

function trades(from: number, to: number, symbol?: string): TradeEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => trade(from + index, symbol));
}

const SERIES = [trade(1), status('connected'), trade(1, 'ETH_JPY'), status('connected', 'ETH_JPY')].map(seriesOf);

function open(bus: EventBus, folder: string, options: Partial<SpoolingOptions> = {}): Promise<SpoolingPublisher> {
  const clock = { now: () => Date.now() };
  return SpoolingPublisher.open(bus, SERIES, { folder, maxBytes: MB, patienceMs: 20, clock, ...options });
}

async function eventsOn(bus: EventBus, stream = 'md:trade', symbol = 'BTC_JPY'): Promise<AlphaEvent[]> {
  const found = await bus.range(stream, null, 1_000_000);
  return found.map(({ event }) => event).filter((event) => event.symbol === symbol);
}

async function pricesOn(bus: EventBus, symbol?: string): Promise<number[]> {
  return (await eventsOn(bus, 'md:trade', symbol)).map((event) => (event as TradeEvent).data.price);
}

async function droppedOn(bus: EventBus, symbol?: string): Promise<StatusEvent[]> {
  const found = (await eventsOn(bus, 'md:status', symbol)) as StatusEvent[];
  return found.filter(({ data }) => data.state === 'dropped');
}

/** Numbers ascend from 1 to `last`, and each that is missing is named by one `dropped` event, in order. */
async function expectWhole(bus: EventBus, last: number, symbol = 'BTC_JPY'): Promise<void> {
  const said: number[] = [];
  for (const { data } of await droppedOn(bus, symbol)) {
    for (let seq = data.from_seq ?? 1; seq <= (data.to_seq ?? 0); seq++) said.push(seq);
  }
  const missing: number[] = [];
  let before = 0;
  for (const seq of [...(await eventsOn(bus, 'md:trade', symbol)).map((event) => event.seq!), last + 1]) {
    if (seq <= before) throw new Error(`${seq} comes after ${before}.`);
    while (++before < seq) missing.push(before);
  }
  expect(missing).toEqual(said);
}

/** Waits until the folder knows of this number: as kept, or as dropped. */
async function recorded(folder: string, seq: number): Promise<void> {
  const knows = (name: string) =>
    /json/.test(name) && new RegExp(`"(to_)?seq":${seq}\\b`).test(readFileSync(join(folder, name), 'utf8'));
  await expect.poll(() => readdirSync(folder).some(knows)).toBe(true);
}

/**
 * The folder as `kill -9` leaves it at this moment: a copy, because the publisher that counts as dead lives on in this process, and
 * answers that were on their way would have it remove and write segments beside its successor.
 */
function killed(folder: string): string {
  const left = `${folder}-killed`;
  cpSync(folder, left, { recursive: true });
  return left;
}

const done = (publisher: SpoolingPublisher, published: number) =>
  expect.poll(() => publisher.counts.published, { timeout: 10_000, interval: 5 }).toBe(published);

describe('SpoolingPublisher', () => {
  it('takes more at once than may wait', async () => {
    await using folder = await temporaryFolder();
    const bus = new MemoryBus();
    const publisher = await open(bus, folder.path, { maxBytes: 100 * MB, patienceMs: 1000 });
    await publisher.take(trades(1, 150_000));
    await done(publisher, 150_000);
    await expectWhole(bus, 150_000);
    expect(await publisher.close()).toBe(0);
    await bus.close();
  });

  it('publishes at once while the bus is there, and leaves nothing on disk', async () => {
    await using folder = await temporaryFolder();
    const bus = new MemoryBus();
    const publisher = await open(bus, folder.path);
    await publisher.take([trade(1), status('connected'), trade(2)]);
    await publisher.take(trades(3, 5000));
    expect(await publisher.close()).toBe(0);
    expect(publisher.counts).toEqual({ taken: 5000, published: 5000, dropped: 0 });
    await expectWhole(bus, 5000);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('keeps what comes while the bus is away on disk, and publishes it in order before anything newer', async () => {
    await using folder = await temporaryFolder();
    const metrics = new MetricsRegistry();
    const memory = new MemoryBus();
    const { bus, goAway, comeBack } = withOutage(memory);
    const publisher = await open(bus, folder.path, { metrics });
    await publisher.take(trades(1, 10));
    await done(publisher, 10);
    goAway();
    await publisher.take(trades(11, 20));
    await expect.poll(() => publisher.spooledEvents).toBe(10);
    for (let price = 21; price <= 2000; price++) await publisher.take([trade(price)]);
    expect(publisher.spooledEvents).toBe(1990);
    comeBack();
    for (let price = 2001; price <= 3000; price++) await publisher.take([trade(price)]);
    await done(publisher, 3000);
    await publisher.take([trade(3001)]);
    await publisher.close();
    expect(await pricesOn(memory)).toEqual(Array.from({ length: 3001 }, (_, index) => index + 1));
    await expectWhole(memory, 3001);
    const sample = (name: string) => metrics.samples().find((one) => one.name === name)?.value;
    expect(sample('alpha_bus_drained_events_total')).toBe(sample('alpha_bus_spooled_events_total'));
    expect(sample('alpha_bus_spool_events')).toBe(0);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('leaves on disk what the bus does not take before the end, and the next one publishes it with its numbers', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const outage = withOutage(memory);
    const first = await open(outage.bus, folder.path);
    await first.take(trades(1, 5));
    await done(first, 5);
    outage.goAway();
    await first.take([...trades(6, 900), status('disconnected')]);
    const begun = performance.now();
    expect(await first.close(50)).toBe(896);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(first.counts).toEqual({ taken: 900, published: 5, dropped: 0 });

    const second = await open(memory.anotherHandle(), folder.path);
    await second.take([trade(901)]);
    await done(second, 1);
    expect(await second.close()).toBe(0);
    expect(await pricesOn(memory)).toEqual(Array.from({ length: 901 }, (_, index) => index + 1));
    expect((await eventsOn(memory, 'md:status')).map(({ seq }) => seq)).toEqual([1]);
  });

  it('skips what the bus has of a leftover, and does without a line that was cut off', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const outage = withOutage(memory);
    const first = await open(outage.bus, folder.path);
    outage.goAway();
    await first.take(trades(1, 40));
    await expect.poll(() => first.spooledEvents).toBe(40);
    await first.take(trades(41, 50));
    // The bus has the first ones; of the last line the disk has a part.
    const segment = join(folder.path, readdirSync(folder.path).find((name) => name.endsWith('.jsonl'))!);
    appendFileSync(segment, '{"at":1,"events":[{"type":"tra');
    outage.comeBack();
    await done(first, 50);
    appendFileSync(join(folder.path, '000000000009.jsonl'), '{"v":1,"wri');
    const second = await open(memory.anotherHandle(), folder.path);
    await second.take([trade(51)]);
    await done(second, 1);
    await second.close();
    await first.close(0);
    await expectWhole(memory, 51);
  });

  it('drops what passes the bound, and publishes exactly what is missing, in its place', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const { bus, goAway, comeBack } = withOutage(memory);
    const publisher = await open(bus, folder.path, { maxBytes: 100_000 });
    goAway();
    await publisher.take([trade(9, 'ETH_JPY')]);
    await expect.poll(() => publisher.spooledEvents).toBe(1);
    for (let price = 1; price <= 3000; price++) await publisher.take([trade(price), trade(price, 'ETH_JPY')]);
    await publisher.take([status('disconnected')]);
    expect(publisher.counts.dropped).toBeGreaterThan(0);
    for (let price = 3001; price <= 3500; price++) await publisher.take([trade(price), trade(price, 'ETH_JPY')]);
    const { dropped } = publisher.counts;
    comeBack();
    await expect.poll(() => publisher.counts.published, { timeout: 10_000 }).toBe(7001 - dropped);
    await publisher.take([trade(3501), trade(3501, 'ETH_JPY')]);
    await publisher.close();
    expect(publisher.counts).toEqual({ taken: 7003, published: 7003 - dropped, dropped });
    await expectWhole(memory, 3501);
    await expectWhole(memory, 3502, 'ETH_JPY');
    const [told] = await droppedOn(memory);
    expect(told?.data).toMatchObject({ channel: 'trade', reason: expect.stringContaining('full') });
    // The bus had everything before the range when it was told of it.
    const all = (await memory.range('md:status', null, 100)).map(({ event }) => event as StatusEvent);
    expect(all.filter(({ symbol }) => symbol === 'BTC_JPY').map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('remembers a range that was being dropped when the process ended', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const outage = withOutage(memory);
    const path = join(folder.path, 'spool');
    const first = await open(outage.bus, path, { maxBytes: 50_000 });
    outage.goAway();
    await first.take([trade(9)]);
    await expect.poll(() => first.spooledEvents).toBe(1);
    for (let price = 1; price <= 2000; price++) await first.take([trade(price)]);
    await recorded(path, 2001);
    const told: [object, string][] = [];
    const note = (fields: object, message: string) => told.push([fields, message]);
    const logger = { debug: () => {}, info: () => {}, warn: note, error: note, child: () => logger };
    const metrics = new MetricsRegistry();
    const second = await open(memory.anotherHandle(), killed(path), { logger, metrics });
    await second.take([trade(2001), status('connected'), status('stale')]);
    await done(second, 1);
    await second.close();
    await expectWhole(memory, 2002);
    const [range] = await droppedOn(memory);
    expect(range?.data).toMatchObject({ to_seq: 2001 });
    const count = 2002 - range!.data.from_seq!;
    expect(told).toEqual([
      [
        { dropped: count, reason: 'The spool was full when its collector ended.' },
        'Events were dropped; no more are now.',
      ],
    ]);
    // Those were counted by the process that dropped them.
    expect(metrics.samples().map(({ name }) => name)).not.toContain('alpha_bus_dropped_events_total');
  });

  it('tells again what was dropped when it is killed before the bus had its word', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const outage = withOutage(memory);
    let isHeld = false;
    const holding: EventBus = new Proxy(outage.bus, {
      get: (target, name) => {
        if (name !== 'publish') return Reflect.get(target, name);
        return (writer: number | null, events: readonly AlphaEvent[] | EventBatch) => {
          if (!batchOf(events).runs.some(({ series }) => series.type === 'status'))
            return target.publish(writer, events);
          isHeld = true;
          return new Promise(() => {});
        };
      },
    });
    const path = join(folder.path, 'spool');
    const first = await open(holding, path);
    // The disk takes no segment.
    mkdirSync(join(path, '000000000001.jsonl'));
    outage.goAway();
    let last = 0;
    const dropped = async () => {
      await first.take([trade(++last)]);
      return first.counts.dropped;
    };
    await expect.poll(dropped, { interval: 5 }).toBeGreaterThan(0);
    const record = () => readFileSync(join(path, 'dropped.json'), 'utf8');
    await expect.poll(record).toContain(`"to_seq":${last}`);
    outage.comeBack();
    await expect.poll(() => isHeld).toBe(true);
    const copy = killed(path);
    rmdirSync(join(copy, '000000000001.jsonl'));
    const second = await open(memory.anotherHandle(), copy);
    await second.take([trade(last + 1)]);
    await done(second, 1);
    await second.close();
    await expectWhole(memory, last + 1);
    expect(await droppedOn(memory)).toHaveLength(1);
    await first.close(1);
  });

  it('counts bytes, not characters, against its bound', async () => {
    await using folder = await temporaryFolder();
    const outage = withOutage(new MemoryBus());
    const publisher = await open(outage.bus, folder.path, { maxBytes: 20_000 });
    outage.goAway();
    await publisher.take([trade(1)]);
    await expect.poll(() => publisher.spooledEvents).toBe(1);
    const told: StatusEvent = { ...status('stale'), data: { state: 'stale', reason: '休'.repeat(8000) } };
    await publisher.take([told, trade(2)]);
    expect(publisher.counts.dropped).toBe(1);
    await publisher.close(1);
  });

  it('counts and tells what cannot be published any more because another went on', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const outage = withOutage(memory);
    const errors: string[] = [];
    const first = await open(outage.bus, folder.path);
    await first.take([trade(1), trade(1, 'ETH_JPY')]);
    await done(first, 2);
    outage.goAway();
    await first.take([...trades(2, 11), ...trades(2, 6, 'ETH_JPY')]);
    await first.close(50);

    const other = await Publisher.open(memory.anotherHandle(), [seriesOf(trade(1))]);
    await other.publish(trades(100, 102));
    const note = (_: unknown, message: string) => errors.push(message);
    const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: note, child: () => logger };
    const second = await open(memory.anotherHandle(), folder.path, { logger });
    await second.take([trade(12), trade(7, 'ETH_JPY')]);
    await done(second, 2);
    await second.close();
    expect(await pricesOn(memory)).toEqual([1, 100, 101, 102, 12]);
    expect(await pricesOn(memory, 'ETH_JPY')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(errors).toEqual(['Another collector took over while 10 events waited on disk.']);
    const [told] = await droppedOn(memory);
    expect(told?.data).toMatchObject({ channel: 'trade', from_ts: trade(2).ts, to_ts: trade(11).ts });
    expect(told?.data.from_seq).toBeUndefined();
  });

  it('says which numbers a bus lost that came back without them', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    const outage = withOutage(memory);
    const first = await open(outage.bus, folder.path);
    await first.take(trades(1, 100));
    await done(first, 100);
    outage.goAway();
    await first.take(trades(101, 200));
    await first.close(50);

    const emptied = new MemoryBus();
    const second = await open(emptied, folder.path);
    await second.take([trade(201)]);
    await done(second, 1);
    await second.close();
    expect((await eventsOn(emptied)).map(({ seq }) => seq)).toEqual(Array.from({ length: 101 }, (_, i) => 101 + i));
    await expectWhole(emptied, 201);
  });

  it('goes on when the bus came back without more than is kept, gives no number twice and says which are missing', async () => {
    await using folder = await temporaryFolder();
    const { bus, replace } = replaceable(new MemoryBus());
    const publisher = await open(bus, folder.path, { maxBytes: 100 * MB, patienceMs: 5000 });
    await publisher.take(trades(1, 30_000));
    await done(publisher, 30_000);
    replace(new MemoryBus());
    await publisher.take(trades(30_001, 30_010));
    await done(publisher, 30_010);
    await expect.poll(() => droppedOn(bus)).toHaveLength(1);
    expect(await publisher.close()).toBe(0);
    await expectWhole(bus, 30_010);
    expect((await eventsOn(bus)).length).toBeGreaterThan(15_000);
  });

  it('stops when another writer takes over, and says so to whoever takes events in', async () => {
    await using folder = await temporaryFolder();
    const memory = new MemoryBus();
    let failure: unknown;
    const publisher = await open(memory, folder.path, {
      onFailure: (error) => {
        failure = error;
      },
    });
    await Publisher.open(memory.anotherHandle(), SERIES);
    await publisher.take([trade(1)]);
    await expect.poll(() => failure).toMatchObject({ code: 'BUS_FENCED' });
    await expect(publisher.take([trade(2)])).rejects.toThrow('took over');
    await publisher.close();
    expect(await pricesOn(memory)).toEqual([]);
  });

  it(`keeps every event and its order through outages, ends and starts at random (seed ${SEED})`, async () => {
    await using folder = await temporaryFolder();
    const random = seededRandom(SEED);
    const memory = new MemoryBus();
    let path = join(folder.path, 'spool');
    let price = 0;
    for (let life = 0; life < 8; life++) {
      const outage = withOutage(memory.anotherHandle());
      const publisher = await open(outage.bus, path, { maxBytes: 200_000, maxInMemory: 300, patienceMs: 5 });
      for (let step = 0; step < 40; step++) {
        const dice = random();
        if (dice < 0.15) outage.goAway();
        else if (dice < 0.4) outage.comeBack();
        const count = Math.floor(random() * 120);
        await publisher.take(trades(price + 1, price + count));
        price += count;
        if (dice > 0.6) await new Promise((resolve) => setTimeout(resolve, random() * 10));
      }
      // Half of the processes end in order; the others are never heard of again.
      if (random() < 0.5) await publisher.close(20);
      else {
        outage.goAway();
        await publisher.take([trade(++price)]);
        await recorded(path, price);
        path = killed(path);
      }
    }
    const last = await open(memory, path);
    await last.take([trade(++price)]);
    await done(last, 1);
    await last.close();
    await expectWhole(memory, price);
  });
});
