import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AlphaEvent,
  type Logger,
  type MarketEvent,
  type MarketFeed,
  MemoryBus,
  Publisher,
  type StatusEvent,
  seriesOf,
  silentLogger,
  type TradeEvent,
} from '@alpha-engine/core';
import { runCollector } from '@alpha-engine/core/process';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

const SYMBOLS = ['BTC', 'BTC_JPY'];

function trade(price: number, symbol: string): TradeEvent {
  return { type: 'trade', exchange: 'gmo', symbol, ts: price, data: { price, size: 1, side: 'buy' } };
}

function status(state: StatusEvent['data']['state'], symbol = '*'): StatusEvent {
  return { type: 'status', exchange: 'gmo', symbol, ts: 1, data: { state } };
}

function ticker(ts: number): MarketEvent {
  const data = { bid: 1, ask: 2, last: 1, volume: 1, high: 2, low: 1 };
  return { type: 'ticker', exchange: 'gmo', symbol: 'BTC', ts, data };
}

const isGap = (event: AlphaEvent) => event.type === 'status' && event.data.state === 'gap';

/** Gives these batches, then nothing until it is told to end. */
function feedOf(...batches: (MarketEvent | StatusEvent)[][]): MarketFeed {
  return {
    async *subscribe(_, signal) {
      yield* batches;
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
}

async function seen(bus: MemoryBus, stream: string): Promise<AlphaEvent[]> {
  return (await bus.range(stream, null, 1000)).map(({ event }) => event);
}

function collect(
  bus: MemoryBus,
  feed: MarketFeed,
  folder: string,
  stop: AbortSignal,
  symbols = SYMBOLS,
  logger: Logger = silentLogger,
) {
  const spool = { folder, maxBytes: 1e6 };
  const wallClock = { now: () => 5 };
  return runCollector({ exchange: 'gmo', symbols, feed, bus, spool, logger, wallClock }, stop);
}

it('says for each of its symbols what a feed says of its connection, and counts market events', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  const stop = new AbortController();
  const feed = feedOf([status('connected')], [trade(1, 'BTC'), status('subscribed', 'BTC'), trade(2, 'BTC_JPY')]);
  const collecting = collect(bus, feed, folder.path, stop.signal);
  await expect.poll(async () => (await seen(bus, 'md:trade')).length).toBe(2);
  stop.abort();
  const report = await collecting;
  const statuses = (await seen(bus, 'md:status')) as StatusEvent[];
  expect(statuses.map(({ symbol, seq, data }) => [symbol, seq, data.state])).toEqual([
    ['BTC', 1, 'connected'],
    ['BTC_JPY', 1, 'connected'],
    ['BTC', 2, 'subscribed'],
    ['BTC', 3, 'disconnected'],
    ['BTC_JPY', 2, 'disconnected'],
  ]);
  const bySeries = { 'md:trade|gmo|BTC|trade': 1, 'md:trade|gmo|BTC_JPY|trade': 1 };
  expect(report).toEqual({ received: 2, published: 2, spooled: 0, dropped: 0, bySeries });
});

it('tells a gap of order books and tickers from the last of an earlier collector to the first of this one', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  const run = async (...batches: (MarketEvent | StatusEvent)[][]) => {
    const stop = new AbortController();
    const collecting = collect(bus, feedOf(...batches), folder.path, stop.signal);
    const last = batches.at(-1)!.at(-1)!;
    await expect
      .poll(async () =>
        (await seen(bus, `md:${last.type}`)).some(({ ts, symbol }) => ts === last.ts && symbol === 'BTC'),
      )
      .toBe(true);
    stop.abort();
    await collecting;
  };
  const subscribed = (ts: number): StatusEvent => {
    return { ...status('subscribed', 'BTC'), ts, data: { state: 'subscribed', channel: 'ticker' } };
  };
  await run([subscribed(10), ticker(10), ticker(20)]);
  expect((await seen(bus, 'md:status')).filter(isGap)).toEqual([]);
  await run([subscribed(50), ticker(50)], [subscribed(60), ticker(60)]);
  const told = ((await seen(bus, 'md:status')) as StatusEvent[]).filter(({ symbol }) => symbol === 'BTC');
  expect(told.map(({ data }) => data.state)).toEqual([
    'subscribed',
    'disconnected',
    'gap',
    'subscribed',
    'subscribed',
    'disconnected',
  ]);
  expect(told[2]?.data).toMatchObject({ channel: 'ticker', from_ts: 20, to_ts: 50 });
});

it('says once that it was stopped, at the time of the market, when the feed says that its connection ended', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  const quiet = feedOf([status('connected')]);
  const feed: MarketFeed = {
    async *subscribe(subscription, signal) {
      yield* quiet.subscribe(subscription, signal);
      yield [status('disconnected')];
    },
  };
  const stop = new AbortController();
  const collecting = collect(bus, feed, folder.path, stop.signal, ['BTC']);
  await expect.poll(async () => (await seen(bus, 'md:status')).length).toBe(1);
  stop.abort();
  await collecting;
  const [, ...ends] = (await seen(bus, 'md:status')) as StatusEvent[];
  expect(ends.map(({ ts, data }) => [ts, data])).toEqual([
    [1, { state: 'disconnected', reason: 'The collector was stopped.' }],
  ]);
});

it('tells a gap when the last trades on the bus cannot be read', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  bus.latest = async () => {
    throw new Error('The bus is away.');
  };
  const stop = new AbortController();
  const collecting = collect(bus, feedOf([status('connected')]), folder.path, stop.signal, ['BTC']);
  await expect.poll(async () => (await seen(bus, 'md:status')).length).toBe(2);
  stop.abort();
  await collecting;
  const [gap, connected] = (await seen(bus, 'md:status')) as StatusEvent[];
  expect(gap).toMatchObject({ symbol: 'BTC', data: { state: 'gap', channel: 'trade', to_ts: 5 } });
  expect(gap?.data).not.toHaveProperty('from_ts');
  expect(connected?.data.state).toBe('connected');
});

it('ends when another collector takes one of its symbols, though its feed is silent', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  let give: (batch: MarketEvent[]) => void = () => {};
  const next = new Promise<MarketEvent[]>((resolve) => {
    give = resolve;
  });
  const silent = feedOf();
  const feed: MarketFeed = {
    async *subscribe(subscription, signal) {
      yield [status('connected', 'BTC')];
      yield await next;
      yield* silent.subscribe(subscription, signal);
    },
  };
  const collecting = collect(bus, feed, folder.path, new AbortController().signal);
  const ended = expect(collecting).rejects.toMatchObject({ code: 'BUS_FENCED', exitStatus: 6 });
  await expect.poll(async () => (await seen(bus, 'md:status')).length).toBe(1);
  await Publisher.open(bus.anotherHandle(), [{ stream: 'md:trade', exchange: 'gmo', symbol: 'BTC', type: 'trade' }]);
  give([trade(1, 'BTC')]);
  await ended;

  // Started again by whoever watches over it, it says so, and does not take back at once.
  const begun = performance.now();
  const errors: unknown[] = [];
  const logger = { ...silentLogger, error: (fields: object) => errors.push(fields) };
  const stop = new AbortController();
  const again = collect(bus, feedOf([trade(2, 'BTC')]), folder.path, stop.signal, SYMBOLS, logger);
  await expect.poll(async () => (await seen(bus, 'md:trade')).length, { timeout: 5000 }).toBe(1);
  expect(performance.now() - begun).toBeGreaterThan(900);
  expect(errors).toEqual([{ times: 1, pauseMs: 1000 }, expect.anything()]);
  stop.abort();
  await again;
});

it('takes nothing from a healthy collector when it is told to end during its pause', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  await writeFile(join(folder.path, 'takeovers.json'), JSON.stringify({ times: 9, at: 5 }));
  const healthy = await Publisher.open(bus.anotherHandle(), [seriesOf(trade(1, 'BTC'))]);
  const stop = new AbortController();
  const report = await collect(bus, feedOf([]), folder.path, stop.signal, SYMBOLS, {
    ...silentLogger,
    error: () => stop.abort(),
  });
  expect(report.received).toBe(0);
  await healthy.publish([{ ...trade(1, 'BTC'), seq: 1 }]);
  expect(await seen(bus, 'md:status')).toEqual([]);
});

it('ends when it was overtaken though the disk does not take a note of it', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  let give: (batch: MarketEvent[]) => void = () => {};
  const next = new Promise<MarketEvent[]>((resolve) => {
    give = resolve;
  });
  const feed: MarketFeed = {
    async *subscribe(_, signal) {
      yield [trade(1, 'BTC')];
      yield await next;
      await once(signal, 'abort');
    },
  };
  await mkdir(join(folder.path, 'takeovers.json'));
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (_: object, text: string) => warnings.push(text) };
  const collecting = collect(bus, feed, folder.path, new AbortController().signal, SYMBOLS, logger);
  const ended = expect(collecting).rejects.toMatchObject({ code: 'BUS_FENCED' });
  await expect.poll(async () => (await seen(bus, 'md:trade')).length).toBe(1);
  await Publisher.open(bus.anotherHandle(), [seriesOf(trade(1, 'BTC'))]);
  give([trade(2, 'BTC')]);
  await ended;
  expect(warnings).toContain('That another collector took over could not be noted on disk.');
});

it('publishes what it took before the feed failed, and fails with it', async () => {
  await using folder = await temporaryFolder();
  const bus = new MemoryBus();
  const feed: MarketFeed = {
    async *subscribe() {
      yield [trade(1, 'BTC')];
      throw new Error('The feed broke.');
    },
  };
  await expect(collect(bus, feed, folder.path, new AbortController().signal)).rejects.toThrow('The feed broke.');
  expect(await seen(bus, 'md:trade')).toHaveLength(1);
});
