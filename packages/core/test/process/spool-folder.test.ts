import { basename } from 'node:path';
import { MemoryBus, seriesOf, type TradeEvent } from '@alpha-engine/core';
import { SpoolingPublisher, takeSpoolFolder, waitingSpools } from '@alpha-engine/core/process';
import { expect, it } from 'vitest';
import { withOutage } from '../bus/support/outage.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const trade: TradeEvent = {
  type: 'trade',
  exchange: 'gmo',
  symbol: 'ETH',
  ts: 1,
  data: { price: 1, size: 1, side: 'buy' },
};

it('gives a set of symbols the same folder at every start, and another one beside a collector that still has it', async () => {
  await using root = await temporaryFolder();
  const take = (...symbols: string[]) => takeSpoolFolder(root.path, { exchange: 'gmo', symbols });
  const first = await take('BTC', 'ETH');
  const second = await take('ETH', 'BTC');
  const other = await take('BTC');
  expect(basename(second.folder)).toBe(`${basename(first.folder)}-2`);
  expect([first, second, other].map(({ hasRival }) => hasRival)).toEqual([false, true, false]);
  expect(new Set([first.folder, second.folder, other.folder]).size).toBe(3);
  await first.lock.release();
  const again = await take('BTC', 'ETH');
  expect(again.folder).toBe(first.folder);
  for (const { lock } of [second, other, again]) await lock.release();
});

it('finds what collectors of other symbols left, once nobody has it open', async () => {
  await using root = await temporaryFolder();
  const own = await takeSpoolFolder(root.path, { exchange: 'gmo', symbols: ['BTC'] });
  const other = await takeSpoolFolder(root.path, { exchange: 'gmo', symbols: ['ETH'] });
  const { bus, goAway } = withOutage(new MemoryBus());
  const options = { folder: other.folder, maxBytes: 1e6, patienceMs: 5, clock: { now: () => 1 } };
  const publisher = await SpoolingPublisher.open(bus, [seriesOf(trade)], options);
  goAway();
  await publisher.take([trade, trade]);
  expect(await publisher.close(20)).toBe(2);
  expect(await waitingSpools(own.folder)).toEqual([]);
  await other.lock.release();
  expect(await waitingSpools(own.folder)).toEqual([
    { folder: other.folder, events: 2, exchanges: ['gmo'], symbols: ['ETH'], writer: 1 },
  ]);
  await own.lock.release();
});
