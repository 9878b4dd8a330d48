import { AlphaError, type Bar } from '@alpha-engine/core';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { openData } from '../../src/index.js';
import { DataFiles } from '../support/data-files.js';

const files = new DataFiles();
const START = Date.UTC(2024, 0, 1);
const ROWS = 150;
const minutes = Array.from({ length: ROWS }, (_, index) => index);

function bars(): Buffer {
  const column = (name: string, data: unknown[], type: 'DOUBLE' | 'TIMESTAMP' | 'INT64') => ({ name, data, type });
  const number = (name: string, add: number) =>
    column(
      name,
      minutes.map((minute) => 100 + minute + add),
      'DOUBLE',
    );
  return Buffer.from(
    parquetWriteBuffer({
      columnData: [
        column(
          'timestamp',
          minutes.map((minute) => new Date(START + minute * 60_000)),
          'TIMESTAMP',
        ),
        ...[number('open', 0), number('high', 2), number('low', -1), number('close', 1)],
        column(
          'volume',
          minutes.map(() => 2n),
          'INT64',
        ),
      ],
      rowGroupSize: 40,
    }),
  );
}

async function read(file: string, timeframe: '1m' | '1h'): Promise<Bar[]> {
  const options = { files: [file], exchange: 'gmo', symbol: 'BTC', dataTimeframe: '1m', timeframe } as const;
  const source = await openData(options);
  if (!('bars' in source)) throw new Error('It was not taken for bars.');
  const all: Bar[] = [];
  for await (const batch of source.bars()) all.push(...batch);
  expect(source.provenance()[0]).toMatchObject({ rows: ROWS, used: ROWS, faults: [], gaps: { count: 0 } });
  return all;
}

it('reads bars of a Parquet file over its row groups, and puts them together to longer ones', async () => {
  const file = files.write(bars(), 'parquet');
  const short = await read(file, '1m');
  expect(short.map(({ openTs }) => openTs)).toEqual(minutes.map((minute) => START + minute * 60_000));
  expect(short[41]).toMatchObject({ open: 141, high: 143, low: 140, close: 142, volume: 2 });
  // Two hours are whole; of the third there is half.
  const long = await read(file, '1h');
  expect(long).toMatchObject([
    { openTs: START, timeframe: '1h', open: 100, high: 161, low: 99, close: 160, volume: 120 },
    { openTs: START + 3_600_000, closeTs: START + 7_200_000, open: 160, high: 221, low: 159, close: 220, volume: 120 },
  ]);
  expect(long).toHaveLength(2);
});

it('reads trades of a Parquet file', async () => {
  const times = [START, START + 5].map(BigInt);
  const columnData = [
    { name: 'time', data: times, type: 'INT64' as const },
    { name: 'price', data: [100.5, 101], type: 'DOUBLE' as const },
    { name: 'size', data: [1, 2], type: 'DOUBLE' as const },
    { name: 'side', data: ['buy', 'SELL'], type: 'STRING' as const },
  ];
  const file = files.write(Buffer.from(parquetWriteBuffer({ columnData })), 'parquet');
  const source = await openData({ files: [file], exchange: 'gmo', symbol: 'BTC', timeframe: '1m' });
  if (!('events' in source)) throw new Error('It was not taken for trades.');
  const all = [];
  for await (const batch of source.events()) all.push(...batch);
  expect(all.map(({ ts, data }) => [ts, data])).toEqual([
    [START, { price: 100.5, size: 1, side: 'buy' }],
    [START + 5, { price: 101, size: 2, side: 'sell' }],
  ]);
});

it('refuses a Parquet file that is cut', async () => {
  const whole = bars();
  const file = files.write(whole.subarray(0, whole.length - 100), 'parquet');
  const error = await read(file, '1m').catch((caught: unknown) => caught);
  expect(AlphaError.is(error) && `${error.code} ${error.message}`).toMatch(
    /^DATA_UNREADABLE .*\.parquet cannot be read: it is cut, or no Parquet file\.$/,
  );
});
