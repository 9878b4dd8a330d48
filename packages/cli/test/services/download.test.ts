import { createHash } from 'node:crypto';
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventFiles } from '@alpha-engine/backtest';
import type { TradeArchive } from '@alpha-engine/core';
import { gmoAdapter } from '@alpha-engine/gmo-adapter';
import { startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { type DownloadedFile, download } from '../../src/services/download.js';
import { tempFolder } from '../support/temp-folder.js';

const NAME = '20240809_BTC.csv.gz';
/** Of BTC on the tape of the package. */
const TRADES = 8962;
// From the evening of the business day before the tape's to the one behind it.
const [FROM, TO] = [Date.parse('2024-08-08T20:00:00Z'), Date.parse('2024-08-10T00:00:00Z')];

it('fetches the days there are, goes on with what was begun, keeps what is right and mends what is not', async () => {
  const simulator = await startGmoSimulator({ origin: 'tape' });
  try {
    const folder = await tempFolder();
    const inner = gmoAdapter.tradeArchive?.({ endpoints: { restBaseUrl: simulator.restBaseUrl } }) as TradeArchive;
    const asked: [name: string, offset: number][] = [];
    const archive: TradeArchive = {
      files: (symbol, from, to) => inner.files(symbol, from, to),
      problemOf: (file, first, last) => inner.problemOf(file, first, last),
      open: (file, offset, signal) => {
        asked.push([file.name, offset]);
        return inner.open(file, offset, signal);
      },
    };
    const run = async () => {
      asked.length = 0;
      const signal = new AbortController().signal;
      const told: string[] = [];
      const onFile = ({ name, state }: DownloadedFile) => told.push(`${name.slice(0, 8)} ${state}`);
      const files = await download({
        pauseMs: 0,
        archive,
        symbols: ['BTC'],
        from: FROM,
        to: TO,
        folder,
        signal,
        onFile,
      });
      expect(told).toEqual(files.map(({ name, state }) => `${name.slice(0, 8)} ${state}`));
      return told;
    };
    const path = join(folder, NAME);

    expect(await run()).toEqual(['20240808 absent', '20240809 fetched', '20240810 absent']);
    const whole = await readFile(path);
    const sum = createHash('sha256').update(whole).digest('hex');
    expect(await readFile(`${path}.sha256`, 'utf8')).toBe(`${sum}  ${NAME}\n`);

    expect(await run()).toEqual(['20240808 absent', '20240809 kept', '20240810 absent']);
    expect(asked.map(([name]) => name.slice(0, 8))).toEqual(['20240808', '20240810']);

    // Cut after it was noted.
    await truncate(path, 1_000);
    expect(await run()).toContain('20240809 fetched');
    expect(await readFile(path)).toEqual(whole);

    // Ended in the middle of a file.
    await rm(path);
    await writeFile(`${path}.part`, whole.subarray(0, 5_000));
    expect(await run()).toContain('20240809 fetched');
    expect(asked).toContainEqual([NAME, 5_000]);
    expect(await readFile(path)).toEqual(whole);
    await expect(stat(`${path}.part`)).rejects.toThrow('ENOENT');

    // Begun with another file.
    await rm(path);
    await writeFile(`${path}.part`, Buffer.alloc(5_000, 7));
    expect(await run()).toContain('20240809 fetched');
    expect(asked.filter(([name]) => name === NAME)).toEqual([
      [NAME, 5_000],
      [NAME, 0],
    ]);
    expect(await readFile(path)).toEqual(whole);

    const trades = new EventFiles({ files: [path], exchange: 'gmo', symbol: 'BTC' });
    let count = 0;
    for await (const events of trades.events()) count += events.length;
    expect(count).toBe(TRADES);
  } finally {
    await simulator.close();
  }
});

it('says that the running day is not over', async () => {
  const simulator = await startGmoSimulator({ origin: 'now' });
  try {
    const archive = gmoAdapter.tradeArchive?.({ endpoints: { restBaseUrl: simulator.restBaseUrl } }) as TradeArchive;
    const now = simulator.clock().marketTs;
    const [file] = archive.files('BTC', now, now + 1);
    if (file === undefined) throw new Error('There is no file of today.');
    expect(file.from <= now && now < file.to && file.to - file.from === 86_400_000).toBe(true);
    expect(await archive.open(file, 0, new AbortController().signal)).toBe('unfinished');
  } finally {
    await simulator.close();
  }
});
