import { readdirSync } from 'node:fs';
import { type AlphaEvent, type EventBus, type StatusEvent, seriesOf, type TradeEvent } from '@alpha-engine/core';
import { SpoolingPublisher } from '@alpha-engine/core/process';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const SEED = Number(process.env.ALPHA_SEED ?? Math.floor(Math.random() * 1e9));
const SYMBOLS = ['BTC_JPY', 'ETH_JPY'];
const clock = { now: () => Date.now() };

function trade(price: number, symbol: string): TradeEvent {
  return {
    type: 'trade',
    exchange: 'gmo',
    symbol,
    ts: 1_732_312_345_000 + price,
    data: { price, size: 1, side: 'buy' },
  };
}

function status(symbol: string): StatusEvent {
  return { type: 'status', exchange: 'gmo', symbol, ts: 1, data: { state: 'connected' } };
}

const SERIES = SYMBOLS.flatMap((symbol) => [seriesOf(trade(1, symbol)), seriesOf(status(symbol))]);

/** Everything of a symbol on a stream, in the order of the stream. */
async function eventsOn(bus: EventBus, stream: string, symbol: string): Promise<AlphaEvent[]> {
  const found: AlphaEvent[] = [];
  for (let after: string | null = null; ; ) {
    const page = await bus.range(stream, after, 5000);
    found.push(...page.map(({ event }) => event).filter((event) => event.symbol === symbol));
    if (page.length < 5000) return found;
    after = page.at(-1)!.id;
  }
}

/** Each number from 1 to `last` once and in order, with its own price; but for the ranges that were told. */
async function expectWhole(bus: EventBus, symbol: string, last: number): Promise<void> {
  const trades = (await eventsOn(bus, 'md:trade', symbol)) as TradeEvent[];
  const statuses = (await eventsOn(bus, 'md:status', symbol)) as StatusEvent[];
  const told = statuses.filter(({ data }) => data.state === 'dropped').map(({ data }) => [data.from_seq, data.to_seq]);
  const missing: (readonly number[])[] = [];
  let before = 0;
  for (const { seq, data } of trades) {
    expect(data.price).toBe(seq);
    if (seq! > before + 1) missing.push([before + 1, seq! - 1]);
    expect(seq).toBeGreaterThan(before);
    before = seq!;
  }
  expect(before).toBe(last);
  expect(missing).toEqual(told);
  expect(statuses.map(({ seq }) => seq)).toEqual(statuses.map((_, index) => index + 1));
}

it(`loses, doubles and reorders nothing while redis-server is killed and stays away (seed ${SEED})`, async () => {
  await using server = await startRedisServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  await using folder = await temporaryFolder();
  const random = seededRandom(SEED);
  const bus = await openRedisBus({ url: server.url });
  const publisher = await SpoolingPublisher.open(bus, SERIES, {
    folder: folder.path,
    maxBytes: 1e8,
    patienceMs: 50,
    clock,
  });
  let price = 0;
  const feed = async (count: number) => {
    for (const last = price + count; price < last; ) {
      const batch: AlphaEvent[] = [];
      const size = 1 + Math.floor(random() * 40);
      for (let n = 0; n < size; n++) {
        price++;
        batch.push(...SYMBOLS.map((symbol) => trade(price, symbol)));
      }
      await publisher.take(batch);
      if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  for (let kill = 0; kill < 3; kill++) {
    await feed(2000);
    await server.kill();
    await feed(500);
    await expect.poll(() => publisher.spooledEvents, { timeout: 10_000 }).toBeGreaterThan(0);
    await feed(5000);
    await server.start();
    await feed(2000);
    await expect.poll(() => publisher.counts.published, { timeout: 20_000 }).toBe(2 * price);
  }
  expect(await publisher.close()).toBe(0);
  expect(publisher.counts).toEqual({ taken: 2 * price, published: 2 * price, dropped: 0 });
  for (const symbol of SYMBOLS) await expectWhole(bus, symbol, price);
  expect(readdirSync(folder.path)).toEqual([]);
  await bus.close();
}, 90_000);

it.each(['none', 'symbol'] as const)(
  'tells what passed the bound while Redis was away, partition %s',
  async (partition) => {
    await using server = await startRedisServer({ args: ['--appendonly', 'yes'] });
    await using folder = await temporaryFolder();
    const bus = await openRedisBus({ url: server.url, partition });
    const options = { folder: folder.path, maxBytes: 200_000, patienceMs: 50, clock };
    const publisher = await SpoolingPublisher.open(bus, SERIES, options);
    const both = (price: number) => SYMBOLS.map((symbol) => trade(price, symbol));
    for (let price = 1; price <= 50; price++) await publisher.take(both(price));
    await expect.poll(() => publisher.counts.published).toBe(100);
    await server.kill();
    await publisher.take(both(51));
    await expect.poll(() => publisher.spooledEvents).toBe(2);
    for (let price = 52; price <= 5000; price++) await publisher.take(both(price));
    const { dropped } = publisher.counts;
    expect(dropped).toBeGreaterThan(1000);
    await server.start();
    await expect.poll(() => publisher.counts.published, { timeout: 20_000 }).toBe(10_000 - dropped);
    for (let price = 5001; price <= 5050; price++) await publisher.take(both(price));
    expect(await publisher.close()).toBe(0);
    if (partition === 'none') for (const symbol of SYMBOLS) await expectWhole(bus, symbol, 5050);
    else {
      for (const symbol of SYMBOLS) {
        const trades = await bus.range(`md:trade:gmo:${symbol}`, null, 10_000);
        const [told] = await bus.range(`md:status:gmo:${symbol}`, null, 10);
        const missing = 5050 - trades.length;
        const { from_seq: from, to_seq: to } = (told!.event as StatusEvent).data;
        expect(to! - from! + 1).toBe(missing);
      }
    }
    await bus.close();
  },
  60_000,
);

it('spools at the hard ceiling of a stream, and goes on when its readers have caught up', async () => {
  await using server = await startRedisServer();
  await using folder = await temporaryFolder();
  const retention = { keepEntries: 10, minAgeMs: 0, ceilingEntries: 500, everyMs: 5 };
  const bus = await openRedisBus({ url: server.url, retention });
  const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
  const publisher = await SpoolingPublisher.open(bus, SERIES, {
    folder: folder.path,
    maxBytes: 1e8,
    patienceMs: 50,
    clock,
  });
  let price = 0;
  const [symbol] = SYMBOLS as [string];
  const until = Date.now() + 20_000;
  while (publisher.spooledEvents === 0 && Date.now() < until) {
    await publisher.take([trade(++price, symbol)]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(publisher.spooledEvents).toBeGreaterThan(0);
  for (let n = 0; n < 500; n++) await publisher.take([trade(++price, symbol)]);
  // The reader gets every number once, in order, although the stream was full on the way.
  const seqs: (number | undefined)[] = [];
  while (seqs.length < price) {
    const { deliveries } = await reader.read({ waitMs: 100 });
    if (deliveries.length === 0) continue;
    seqs.push(...deliveries.map(({ event }) => event.seq));
    await reader.ack('md:trade', [deliveries.at(-1)!.id]);
  }
  expect(seqs).toEqual(Array.from({ length: price }, (_, index) => index + 1));
  expect(await publisher.close()).toBe(0);
  expect(publisher.counts).toEqual({ taken: price, published: price, dropped: 0 });
  await bus.close();
}, 60_000);
