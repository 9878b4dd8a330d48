import { appendFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type AlphaEvent, DAY_MS, type StatusEvent, type TickerEvent, type TradeEvent } from '@alpha-engine/core';
import { openFileArchive, openFileArchiveWriter, readArchive, verifyArchive } from '@alpha-engine/core/archive';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';

const START = Date.parse('2024-11-22T12:00:00Z');
const MIDNIGHT = Date.parse('2024-11-23T00:00:00Z');

function trade(seq: number, ts = START + seq, symbol = 'BTC_JPY'): TradeEvent {
  return { type: 'trade', exchange: 'gmo', symbol, ts, seq, data: { price: 6_123_456, size: 0.01, side: 'buy' } };
}

function ticker(seq: number, ts: number): TickerEvent {
  const data = { bid: 1, ask: 2, last: 1, high: 3, low: 1, volume: 5 };
  return { type: 'ticker', exchange: 'gmo', symbol: 'BTC_JPY', ts, seq, data };
}

function dropped(seq: number, from: number, to: number): StatusEvent {
  const data = { state: 'dropped', channel: 'trade', from_seq: from, to_seq: to } as const;
  return { type: 'status', exchange: 'gmo', symbol: 'BTC_JPY', ts: START, seq, data };
}

async function archived(folder: string, ...batches: readonly (readonly AlphaEvent[])[]): Promise<number> {
  const writer = await openFileArchiveWriter({ folder });
  let rows = 0;
  for (const batch of batches) {
    await writer.add(batch);
    rows += await writer.flush();
  }
  await writer.close();
  return rows;
}

async function all(folder: string, query = {}): Promise<AlphaEvent[]> {
  const events: AlphaEvent[] = [];
  for await (const event of readArchive(openFileArchive({ folder }), query)) events.push(event);
  return events;
}

describe('an archive of files', () => {
  test('gives back what was put in, once, merged by time', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const one = [trade(1), ticker(1, START + 1), trade(2)];
    const two = [trade(2), ticker(2, START), trade(3), trade(1, START + 2, 'A/B')];
    expect(await archived(folder, one, two)).toBe(6);
    expect(await archived(folder, one, two)).toBe(0);
    expect(await all(folder)).toEqual([
      trade(1),
      ticker(1, START + 1),
      ticker(2, START),
      trade(1, START + 2, 'A/B'),
      trade(2),
      trade(3),
    ]);
    expect((await all(folder, { symbols: ['A/B'] })).length).toBe(1);
    expect(await all(folder, { types: ['trade'], from: START + 2, to: START + 3, symbols: ['BTC_JPY'] })).toEqual([
      trade(2),
    ]);
    expect(await readdir(join(folder, 'gmo'))).toEqual(['A%2FB', 'BTC_JPY']);
    const day = join(folder, 'gmo/BTC_JPY/2024-11-22');
    expect(await readdir(day)).toEqual(['ticker.json', 'ticker.jsonl.gz', 'trade.json', 'trade.jsonl.gz']);
    const lines = gunzipSync(await readFile(join(day, 'trade.jsonl.gz'))).toString();
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([trade(1), trade(2), trade(3)]);
    expect(JSON.parse(await readFile(join(day, 'trade.json'), 'utf8'))).toMatchObject({
      format: 1,
      rows: 3,
      first_seq: 1,
      last_seq: 3,
      seqs: [[1, 3]],
      first_ts: START + 1,
      last_ts: START + 3,
    });
    expect(await verifyArchive(openFileArchive({ folder }))).toMatchObject({
      segments: 3,
      rows: 6,
      damaged: [],
      gaps: [],
    });
  });

  test('numbers that interleave around midnight are no gap, missing ones are, and declared ones are told apart', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const around = [trade(1, MIDNIGHT - 2), trade(2, MIDNIGHT), trade(3, MIDNIGHT - 1), trade(4, MIDNIGHT + 1)];
    await archived(folder, around);
    const archive = openFileArchive({ folder });
    expect((await verifyArchive(archive)).gaps).toEqual([]);
    expect(await all(folder)).toEqual([around[0], around[2], around[1], around[3]]);

    await archived(folder, [trade(7, MIDNIGHT + 2), trade(12, MIDNIGHT + 3), dropped(1, 9, 10)]);
    const series = { exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' };
    expect((await verifyArchive(archive)).gaps).toEqual([
      { ...series, from: 5, to: 6, declared: false },
      { ...series, from: 8, to: 8, declared: false },
      { ...series, from: 9, to: 10, declared: true },
      { ...series, from: 11, to: 11, declared: false },
    ]);
    // What comes back from the dead letters closes its hole.
    await archived(folder, [trade(5, MIDNIGHT + 1), trade(6, MIDNIGHT + 1)]);
    expect((await verifyArchive(archive)).gaps[0]).toMatchObject({ from: 8 });
  });

  test('a count that began again, because the bus was emptied, loses nothing and is no gap', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const before = [trade(1), trade(2), trade(3)];
    const after = [1, 2, 3, 4].map((seq) => trade(seq, START + 1000 + seq));
    const nextDay = [trade(5, START + DAY_MS), trade(6, START + DAY_MS)];
    expect(await archived(folder, before, after, nextDay)).toBe(9);
    expect(await archived(folder, after, nextDay)).toBe(0);
    expect(await all(folder)).toEqual([...before, ...after, ...nextDay]);
    const report = await verifyArchive(openFileArchive({ folder }));
    expect(report).toMatchObject({ segments: 3, damaged: [], gaps: [] });
    expect(await readdir(join(folder, 'gmo/BTC_JPY/2024-11-22'))).toContain('trade.2.jsonl.gz');
  });

  test('what a kill left behind the manifest is not read and is written over', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    await archived(folder, [trade(1), trade(2)]);
    const file = join(folder, 'gmo/BTC_JPY/2024-11-22/trade.jsonl.gz');
    await appendFile(file, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
    await writeFile(`${file.slice(0, -'.jsonl.gz'.length)}.json.new`, '{"form');
    expect(await all(folder)).toEqual([trade(1), trade(2)]);
    expect((await verifyArchive(openFileArchive({ folder }))).damaged).toEqual([]);
    await archived(folder, [trade(3)]);
    expect(
      gunzipSync(await readFile(file))
        .toString()
        .trim()
        .split('\n').length,
    ).toBe(3);
    // A file whose first flush was cut short has no manifest: it is not there yet.
    await rm(join(folder, 'gmo/BTC_JPY/2024-11-22/trade.json'));
    expect(await all(folder)).toEqual([]);
    await archived(folder, [trade(1)]);
    expect(await all(folder)).toEqual([trade(1)]);
  });

  test('damage is found and named', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    await archived(folder, [trade(1), trade(2)], [trade(3)]);
    const file = join(folder, 'gmo/BTC_JPY/2024-11-22/trade.jsonl.gz');
    const manifest = file.replace('.jsonl.gz', '.json');
    const good = await readFile(file);
    const problems = async () =>
      (await verifyArchive(openFileArchive({ folder }))).damaged.flatMap((one) => one.problems).join(' ');
    expect(await problems()).toBe('');

    const flipped = Buffer.from(good);
    flipped[20]! ^= 0xff;
    await writeFile(file, flipped);
    expect(await problems()).toMatch(/trade.jsonl.gz/);
    await expect(all(folder)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });

    await writeFile(file, good);
    await truncate(file, good.length - 5);
    expect(await problems()).toMatch(/bytes; its manifest says/);

    await writeFile(file, good);
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace('"rows":3', '"rows":4').replace('[1,3]', '[1,4]'));
    expect(await problems()).toMatch(/3 rows; its manifest says 4\..*sequence numbers/);
    await writeFile(manifest, 'nonsense');
    await expect(all(folder)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  test('has one writer, and forgets nothing when the disk refuses', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const writer = await openFileArchiveWriter({ folder });
    await expect(openFileArchiveWriter({ folder })).rejects.toMatchObject({ code: 'ARCHIVE_LOCKED' });
    // A file where a folder should be refuses even root.
    await writer.add([trade(1), trade(1, START, 'ETH')]);
    await mkdir(join(folder, 'gmo'));
    await writeFile(join(folder, 'gmo/ETH'), '');
    await expect(writer.flush()).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE', retryable: true });
    await rm(join(folder, 'gmo/ETH'));
    expect(await writer.flush()).toBe(2);
    expect((await all(folder)).length).toBe(2);
    await writer.close();
  });

  test('drops whole days, and takes late events of one again', async () => {
    await using temporary = await temporaryFolder();
    const folder = temporary.path;
    const writer = await openFileArchiveWriter({ folder });
    await writer.add([trade(1), trade(2, START + DAY_MS)]);
    await writer.flush();
    expect(await writer.dropBefore(START)).toBe(0);
    expect(await writer.dropBefore(MIDNIGHT)).toBe(1);
    expect(await all(folder)).toEqual([trade(2, START + DAY_MS)]);
    await writer.add([trade(3, START + 5)]);
    await writer.flush();
    expect((await all(folder)).length).toBe(2);
    await writer.close();
  });
});
