import { join } from 'node:path';
import {
  type AlphaEvent,
  MemoryBus,
  Publisher,
  type Series,
  type StatusEvent,
  silentLogger,
  type TradeEvent,
} from '@alpha-engine/core';
import { runCollector, SpoolingPublisher, takeSpoolFolder, waitingSpools } from '@alpha-engine/core/process';
import { expect, it } from 'vitest';
import { withOutage } from '../bus/support/outage.js';
import { temporaryFolder } from '../support/temporary-folder.js';

function trade(price: number, symbol = 'BTC'): TradeEvent {
  return { type: 'trade', exchange: 'gmo', symbol, ts: price, data: { price, size: 1, side: 'buy' } };
}

const clock = { now: () => 5 };

function seriesOf(symbol: string): Series[] {
  return (['trade', 'status'] as const).map((type) => ({ stream: `md:${type}`, exchange: 'gmo', symbol, type }));
}

/** A collector that dies while the bus is away: these are on disk in `folder` and nowhere else. */
async function leave(shared: MemoryBus, folder: string, symbol: string, prices: readonly number[]): Promise<void> {
  const { bus, goAway } = withOutage(shared.anotherHandle());
  const options = { folder, maxBytes: 1e6, patienceMs: 5, clock };
  const publisher = await SpoolingPublisher.open(bus, seriesOf(symbol), options);
  goAway();
  await publisher.take(prices.map((price) => trade(price, symbol)));
  expect(await publisher.close(20)).toBe(prices.length);
}

/** The next start: its feed gives these, and it ends. */
async function start(shared: MemoryBus, root: string, symbols: readonly string[], events: TradeEvent[]) {
  const { folder, lock } = await takeSpoolFolder(root, { exchange: 'gmo', symbols });
  const stop = new AbortController();
  const feed = {
    async *subscribe() {
      yield events;
      stop.abort();
    },
  };
  const spool = { folder, maxBytes: 1e6, waiting: await waitingSpools(folder) };
  const bus = shared.anotherHandle();
  await runCollector(
    { exchange: 'gmo', symbols, feed, bus, spool, logger: silentLogger, wallClock: clock },
    stop.signal,
  );
  await lock.release();
}

async function numbers(bus: MemoryBus, symbol: string): Promise<unknown[]> {
  const events = (await bus.range('md:trade', null, 1000)).map(({ event }) => event as TradeEvent);
  return events.filter((event) => event.symbol === symbol).map(({ seq, data }) => [seq, data.price]);
}

function dropped(events: readonly AlphaEvent[]): unknown[] {
  const told = (events as StatusEvent[]).filter(({ data }) => data.state === 'dropped');
  return told.map(({ symbol, data }) => [symbol, data.channel, data.from_ts, data.to_ts]);
}

it('publishes what collectors of its symbols left in other folders before it numbers anything', async () => {
  await using root = await temporaryFolder();
  const bus = new MemoryBus();
  const first = await Publisher.open(bus.anotherHandle(), seriesOf('BTC'));
  await first.publish([trade(1)]);
  // One of the same symbols that was taken over from, and one of another set.
  const symbols = ['BTC', 'ETH'];
  const own = await takeSpoolFolder(root.path, { exchange: 'gmo', symbols });
  const second = await takeSpoolFolder(root.path, { exchange: 'gmo', symbols });
  await leave(bus, second.folder, 'BTC', [2, 3, 4]);
  const eth = join(root.path, 'gmo-other');
  await leave(bus, eth, 'ETH', [1, 2]);
  await leave(bus, join(root.path, 'gmo-stranger'), 'XRP', [1]);
  for (const { lock } of [own, second]) await lock.release();

  await start(bus, root.path, symbols, [trade(5), trade(3, 'ETH')]);
  expect(await numbers(bus, 'BTC')).toEqual([1, 2, 3, 4, 5].map((n) => [n, n]));
  expect(await numbers(bus, 'ETH')).toEqual([1, 2, 3].map((n) => [n, n]));
  expect(await numbers(bus, 'XRP')).toEqual([]);
  expect(await waitingSpools(own.folder)).toMatchObject([{ symbols: ['XRP'] }]);
  expect(dropped((await bus.range('md:status', null, 100)).map(({ event }) => event))).toEqual([]);
});

it.each([
  ['beside its own', 'gmo-a', 'gmo-b'],
  ['in its own', null, 'gmo-b'],
  ['beside its own, its own being newer', 'gmo-a', null],
])('tells what came too late: the older one %s', async (_, older, newer) => {
  await using root = await temporaryFolder();
  const bus = new MemoryBus();
  const own = await takeSpoolFolder(root.path, { exchange: 'gmo', symbols: ['BTC'] });
  const folderOf = (name: string | null) => (name === null ? own.folder : join(root.path, name));
  await leave(bus, folderOf(older), 'BTC', [10, 11]);
  await leave(bus, folderOf(newer), 'BTC', [1, 2, 3]);
  await own.lock.release();
  await start(bus, root.path, ['BTC'], [trade(4)]);
  expect(await numbers(bus, 'BTC')).toEqual([1, 2, 3, 4].map((n) => [n, n]));
  const statuses = (await bus.range('md:status', null, 100)).map(({ event }) => event);
  expect(dropped(statuses)).toEqual([['BTC', 'trade', 10, 11]]);
  expect(await waitingSpools(join(root.path, 'none'))).toEqual([]);
});
