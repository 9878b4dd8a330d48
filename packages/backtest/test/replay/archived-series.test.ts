import { join } from 'node:path';
import type { AlphaEvent, EpochMs } from '@alpha-engine/core';
import { openFileArchive, openFileArchiveWriter } from '@alpha-engine/core/archive';
import { expect, test } from 'vitest';
import { ArchivedSeries } from '../../src/replay/archived-series.js';
import { DataFiles } from '../support/data-files.js';

const files = new DataFiles();
const MIDNIGHT = Date.UTC(2024, 10, 23);

function trade(seq: number, ts: EpochMs): AlphaEvent {
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC', ts, seq, data: { price: 1, size: 1, side: 'buy' } };
}

test('finds numbers over midnight, with late ones, and those of a count that began again', async () => {
  const folder = join(files.folder, 'archive');
  // 3 and 5 come late: they lie in the file of the day before.
  const first = [-20, -10, 0, -5, 10, -1, 20].map((after, index) => trade(index + 1, MIDNIGHT + after));
  // A bus that was emptied counts from 1 again.
  const second = [1, 2, 3].map((seq) => trade(seq, MIDNIGHT + 3_600_000 + seq));
  const writer = await openFileArchiveWriter({ folder });
  await writer.add([...first, ...second]);
  await writer.flush();
  await writer.close();

  const archive = openFileArchive({ folder });
  const series = new ArchivedSeries(archive, await archive.segments());
  const before = MIDNIGHT + 1_000;
  expect(await series.take(1, 2, before)).toEqual(first.slice(0, 2));
  expect(await series.take(3, 7, before)).toEqual(first.slice(2));
  expect(await series.take(2, 6, before)).toEqual(first.slice(1, 6));
  expect(await series.take(1, 3, MIDNIGHT + 7_200_000)).toEqual(second);
  expect(await series.take(7, 9, before)).toEqual(first.slice(6));
  await series.close();
});
