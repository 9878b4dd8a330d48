import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TradeEvent } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

const TRADE: TradeEvent = {
  type: 'trade',
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  ts: 1,
  data: { price: 1, size: 1, side: 'buy' },
};

const unusable = (message: RegExp) =>
  expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', message: expect.stringMatching(message) });

describe('folder of the embedded bus', () => {
  it('is made when it is missing, deep down too', async () => {
    await using temporary = await temporaryFolder();
    const folder = join(temporary.path, 'a', 'b');
    const bus = await openEmbeddedBus({ folder });
    await bus.close();
    expect(JSON.parse(await readFile(join(folder, 'format.json'), 'utf8'))).toEqual({
      product: 'alpha-market-engine bus',
      version: 1,
    });
  });

  it('may be opened by many at once, the first time too', async () => {
    await using folder = await temporaryFolder();
    const buses = await Promise.all(Array.from({ length: 8 }, () => openEmbeddedBus({ folder: folder.path })));
    await Promise.all(buses.map((bus) => bus.publish(null, [TRADE])));
    expect((await buses[0]!.streams())[0]?.length).toBe(8);
    for (const bus of buses) await bus.close();
  });

  it('is refused, and left alone, when it holds something else', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'thesis.txt'), 'ten years of work');
    await expect(openEmbeddedBus({ folder: folder.path })).rejects.toEqual(unusable(/not empty .*thesis\.txt/));
    expect(await readdir(folder.path)).toEqual(['thesis.txt']);
  });

  it('is refused, and left alone, when its marker is not ours', async () => {
    for (const marker of ['{"product":"other","version":1}', 'null', 'not json', '[]']) {
      await using folder = await temporaryFolder();
      await writeFile(join(folder.path, 'format.json'), marker);
      await expect(openEmbeddedBus({ folder: folder.path })).rejects.toEqual(unusable(/not a bus marker of ours/));
      expect(await readdir(folder.path)).toEqual(['format.json']);
    }
  });

  it('is refused, and left alone, when a newer version wrote it', async () => {
    await using folder = await temporaryFolder();
    const bus = await openEmbeddedBus({ folder: folder.path });
    await bus.publish(null, [TRADE]);
    await bus.close();
    const marker = join(folder.path, 'format.json');
    const ours = await readFile(marker, 'utf8');
    await writeFile(marker, ours.replace('"version":1', '"version":2'));
    const database = await readFile(join(folder.path, 'bus.mdb'));
    await expect(openEmbeddedBus({ folder: folder.path })).rejects.toEqual(unusable(/format version 2.*update it/));
    expect((await readFile(join(folder.path, 'bus.mdb'))).equals(database)).toBe(true);
    await writeFile(marker, ours);
    const again = await openEmbeddedBus({ folder: folder.path });
    expect((await again.streams())[0]?.length).toBe(1);
    await again.close();
  });

  it('is refused when it cannot be written', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'file');
    await writeFile(file, 'mine');
    await expect(openEmbeddedBus({ folder: file })).rejects.toEqual(unusable(/cannot be (read|written)/));
    await expect(openEmbeddedBus({ folder: join(file, 'below') })).rejects.toEqual(
      unusable(/cannot be (read|written)/),
    );
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('is refused when its database is something else', async () => {
    await using folder = await temporaryFolder();
    const marker = { product: 'alpha-market-engine bus', version: 1 };
    await writeFile(join(folder.path, 'format.json'), JSON.stringify(marker));
    await writeFile(join(folder.path, 'bus.mdb'), 'x'.repeat(20_000));
    await expect(openEmbeddedBus({ folder: folder.path })).rejects.toEqual(unusable(/not a database of ours/));
    expect(await readFile(join(folder.path, 'bus.mdb'), 'utf8')).toBe('x'.repeat(20_000));
  });

  it('is not made by a look at it', async () => {
    await using folder = await temporaryFolder();
    const none = join(folder.path, 'none');
    await expect(openEmbeddedBus({ folder: none, readOnly: true })).rejects.toEqual(unusable(/There is no bus/));
    await mkdir(none);
    await expect(openEmbeddedBus({ folder: none, readOnly: true })).rejects.toEqual(unusable(/There is no bus/));
    expect(await readdir(none)).toEqual([]);
  });

  it('gives back the room of trimmed entries', async () => {
    await using folder = await temporaryFolder();
    const bus = await openEmbeddedBus({ folder: folder.path });
    const batch = Array.from({ length: 500 }, () => TRADE);
    const sizes: number[] = [];
    for (let round = 0; round < 60; round++) {
      await bus.publish(null, batch);
      await bus.trim('md:trade', 1000);
      sizes.push((await readFile(join(folder.path, 'bus.mdb'))).length);
    }
    await bus.close();
    expect(sizes.at(-1)).toBeLessThan(2 * sizes[20]!);
  });
});
