import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, MemoryBus, MetricsRegistry, Publisher, silentLogger, type TradeEvent } from '@alpha-engine/core';
import { openFileArchive, openFileArchiveWriter } from '@alpha-engine/core/archive';
import { runArchiver } from '@alpha-engine/core/process';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

const START = Date.parse('2024-11-22T12:00:00Z');

function trade(n: number): TradeEvent {
  const data = { price: 1 + n, size: 0.01, side: 'buy' } as const;
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC', ts: START + n * DAY_MS, data };
}

const shared = { group: 'archive', logger: silentLogger, flushMs: 5 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a second archiver of the same group ends the first and goes on behind what is durable', async () => {
  await using temporary = await temporaryFolder();
  const bus = new MemoryBus();
  const publisher = await Publisher.open(bus, []);
  const wallClock = { now: () => START };
  const first = await openFileArchiveWriter({ folder: join(temporary.path, 'a') });
  const second = await openFileArchiveWriter({ folder: join(temporary.path, 'b') });
  const stop = new AbortController();
  const one = runArchiver({ ...shared, bus, wallClock, writer: first, consumer: 'one' }, stop.signal);
  const ended = expect(one).rejects.toMatchObject({ code: 'BUS_GROUP_TAKEN' });
  await publisher.publish([trade(0)]);
  while ((await bus.lag('archive'))[0]?.lag !== 0) await turn();
  const other = runArchiver({ ...shared, bus, wallClock, writer: second, consumer: 'two' }, stop.signal);
  await publisher.publish([trade(1)]);
  await ended;
  while ((await bus.lag('archive')).some(({ lag }) => lag > 0)) await turn();
  stop.abort();
  expect(await other).toEqual({ read: 1, archived: 1 });
  for (const writer of [first, second]) await writer.close();
});

test('days beyond the retention are dropped, and what is written is measured', async () => {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  const writer = await openFileArchiveWriter({ folder });
  await writer.add([0, 1, 2].map((n) => ({ ...trade(n), seq: n + 1 })));
  await writer.flush();
  const bus = new MemoryBus();
  const publisher = await Publisher.open(bus, []);
  const metrics = new MetricsRegistry();
  const stop = new AbortController();
  // Midnight after the third day: one day back, the first two have ended.
  const wallClock = { now: () => START + 2 * DAY_MS + DAY_MS / 2 };
  const running = runArchiver(
    { ...shared, bus, writer, consumer: 'one', wallClock, metrics, retentionDays: 1 },
    stop.signal,
  );
  await publisher.publish([{ ...trade(3), symbol: 'ETH' }]);
  while (!metrics.samples().some(({ name }) => name === 'alpha_archive_rows_total')) await turn();
  stop.abort();
  expect(await running).toEqual({ read: 1, archived: 1 });
  expect(await readdir(join(folder, 'gmo/BTC'))).toEqual(['2024-11-24']);
  expect((await openFileArchive({ folder }).segments()).map(({ symbol, day }) => [symbol, day])).toEqual([
    ['BTC', '2024-11-24'],
    ['ETH', '2024-11-25'],
  ]);
  const values = Object.fromEntries(metrics.samples().map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({ alpha_archive_rows_total: 1, alpha_archive_waiting_rows: 0 });
  await writer.close();
});
