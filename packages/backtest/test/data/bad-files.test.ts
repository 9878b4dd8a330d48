import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AlphaError } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { type DataKind, openData } from '../../src/index.js';
import { DataFiles } from '../support/data-files.js';

const files = new DataFiles();
const HEADER = 'time,open,high,low,close';
const bar = (index: number, time = String(Date.UTC(2024, 0, 1, index))) => `${time},10,12,9,11\n`;
const ROWS = Array.from({ length: 20 }, (_, index) => bar(index)).join('');
const packed = gzipSync(`${HEADER}\n${ROWS}`);
const folder = (name: string) => {
  const path = join(files.folder, name);
  mkdirSync(path);
  return path;
};

/** Reads everything; what is wrong without the folder of the test, or the notes where nothing is. */
async function said(path: string, kind: DataKind | 'auto' = 'auto'): Promise<string> {
  try {
    const source = await openData({ files: [path], exchange: 'gmo', symbol: 'BTC', timeframe: '1h', kind });
    const batches = 'bars' in source ? source.bars() : source.events();
    for await (const _batch of batches);
    return source
      .provenance()
      .flatMap(({ notes }) => notes)
      .join('; ');
  } catch (error) {
    if (!AlphaError.is(error)) throw error;
    return `${error.code}: ${error.message.replaceAll(files.folder, '')}`;
  }
}

it.each<[what: string, path: () => string, kind: DataKind | 'auto', said: RegExp]>([
  [
    'is not there',
    () => join(files.folder, 'none.csv'),
    'auto',
    /^DATA_UNREADABLE: \S+ cannot be read: there is no such file\.$/,
  ],
  ['is not there, Parquet', () => join(files.folder, 'none.parquet'), 'auto', /: there is no such file\.$/],
  ['is empty', () => files.write(''), 'auto', /^DATA_INVALID: \S+ is empty\.$/],
  ['has nothing in it but line ends', () => files.write('\n\r\n\n'), 'auto', / is empty\.$/],
  ['is an empty gzip', () => files.write(gzipSync(''), 'csv.gz'), 'auto', / is empty\.$/],
  ['has a header only', () => files.write(`${HEADER}\n`), 'auto', / holds no bar\.$/],
  [
    'has other names',
    () => files.write(`a,b,c,d,e\n${ROWS}`),
    'auto',
    / is not understood: its first line is "a,b,c,d,e"\. Say /,
  ],
  [
    'is of another kind',
    () => files.write(`${HEADER}\n${ROWS}`),
    'trades',
    / as trades: it has no column for price, size, side; /,
  ],
  ['is of another kind', () => files.write(`${HEADER}\n${ROWS}`), 'events', / is neither an event as on the bus nor /],
  [
    'is of another kind',
    () => files.write('time,price,size,side\n1,1,1,buy\n'),
    'bars',
    / has no column for open, high, low, close; /,
  ],
  ['is UTF-16', () => files.write(Buffer.from(`\uFEFF${HEADER}\n${ROWS}`, 'utf16le')), 'auto', / is no text in UTF-8/],
  ['is binary', () => files.write(Buffer.from([0, 1, 2, 3])), 'bars', / is no text in UTF-8/],
  [
    'is gzip by its name only',
    () => files.write(ROWS, 'csv.gz'),
    'auto',
    / cannot be read: it is damaged, or no gzip file\.$/,
  ],
  [
    'is a gzip that is cut at its head',
    () => files.write(packed.subarray(0, 5), 'csv.gz'),
    'auto',
    / cannot be read: it is cut\.$/,
  ],
  [
    'is a gzip that is cut',
    () => files.write(packed.subarray(0, -9), 'csv.gz'),
    'auto',
    / cannot be read( after line \d+)?: it is cut\.$/,
  ],
  [
    'is cut in a row',
    () => files.write(`${HEADER}\n${ROWS}`.slice(0, -6)),
    'auto',
    /: 1 row \(line 21\)\. Line 21, the last, has no line end: /,
  ],
  [
    'is cut in a number',
    () => files.write(`${HEADER}\n${ROWS}`.slice(0, -1)),
    'auto',
    /^line 21, the last, has no line end: /,
  ],
  [
    'has two units of time',
    () => files.write(`${HEADER}\n${bar(0)}${bar(1, '1704070800')}`),
    'auto',
    /: time written otherwise than before: 1 row \(line 3\)/,
  ],
  ['is a folder without data', () => folder('empty'), 'auto', /^DATA_INVALID: \/empty is a folder without \.csv, /],
  ["is a folder by a file's name", () => folder('folder.csv'), 'auto', / is a folder without /],
  [
    'has a mark in front, Windows line ends and quotes',
    () => files.write(`\uFEFF${HEADER}\n${ROWS}`.replaceAll('\n', '\r\n').replaceAll(',10,', ',"10",')),
    'auto',
    /^$/,
  ],
])('a file that %s', async (_what, path, kind, expected) => {
  expect(await said(path(), kind)).toMatch(expected);
});
