import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AlphaError, type Bar } from '@alpha-engine/core';
import { afterAll, describe, expect, it } from 'vitest';
import { CsvBars, type CsvBarsOptions, parseTime, symbolIn } from '../../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'alpha-csv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function fileOf(content: string | Buffer, ending = 'csv'): string {
  files += 1;
  const path = join(folder, `${files}.${ending}`);
  writeFileSync(path, content);
  return path;
}

async function read(content: string | readonly string[], more: Partial<CsvBarsOptions> = {}) {
  const texts = typeof content === 'string' ? [content] : content;
  const source = new CsvBars({
    files: texts.map((text) => fileOf(text)),
    exchange: 'gmo',
    symbol: 'ABC',
    timeframe: '1d',
    ...more,
  });
  const bars: Bar[] = [];
  for await (const batch of source.bars()) bars.push(...batch);
  return { bars, provenance: source.provenance() };
}

async function refusal(content: string | readonly string[], more: Partial<CsvBarsOptions> = {}): Promise<string> {
  const error = await read(content, more).catch((caught: unknown) => caught);
  if (!AlphaError.is(error)) throw new Error(`It was not refused: ${String(error)}`);
  return `${error.code}: ${error.message.replaceAll(`${folder}/`, '')}`;
}

const DAY = '2024-01-01,10,12,9,11,100';
const at = (iso: string) => Date.parse(iso);

describe('columns and times', () => {
  it.each<[what: string, text: string, more: Partial<CsvBarsOptions>]>([
    ['common names', `Date,Open,High,Low,Close,Volume\n${DAY}\n`, {}],
    [
      'no name for the time, quotes, Windows line ends',
      `"","Open","High","Low","Close","Volume"\r\n"2024-01-01","10","12","9","11","100"\r\n`,
      {},
    ],
    [
      'names of an exchange, milliseconds',
      'open_time,open,high,low,close,volume,quote_volume\n1704067200000,10,12,9,11,100,5\n',
      {},
    ],
    ['no header, seconds', '1704067200,10,12,9,11,100\n', {}],
    ['semicolons and microseconds', 'time;o;h;l;c;v\n1704067200000000;10;12;9;11;100', {}],
    [
      'columns by name',
      `Tag,Erster,Hoch,Tief,Letzter,Menge\n${DAY}`,
      { columns: { time: 'Tag', open: 'Erster', high: 'Hoch', low: 'Tief', close: 'Letzter', volume: 'Menge' } },
    ],
    [
      'columns by number',
      '100,11,9,12,10,2024-01-01',
      { columns: { time: '6', open: '5', high: '4', low: '3', close: '2', volume: '1' } },
    ],
    ['a time zone in the row', 'time,open,high,low,close,volume\n2024-01-01T09:00:00+09:00,10,12,9,11,100', {}],
    [
      'a time zone that is said',
      'time,open,high,low,close,volume\n2024-01-01 09:00,10,12,9,11,100',
      { offsetMs: 9 * 3_600_000 },
    ],
    ['the time of the close', 'time,open,high,low,close,volume\n2024-01-02,10,12,9,11,100', { timeIs: 'close' }],
  ])('%s', async (_what, text, more) => {
    const { bars } = await read(text, more);
    const openTs = at('2024-01-01T00:00:00Z');
    expect(bars).toEqual([
      {
        exchange: 'gmo',
        symbol: 'ABC',
        timeframe: '1d',
        openTs,
        closeTs: openTs + 86_400_000,
        open: 10,
        high: 12,
        low: 9,
        close: 11,
        volume: 100,
        trades: 0,
      },
    ]);
  });

  it.each(['01/02/2024', '2024-02-30', '2024-13-01', '2024-01-01 25:00', 'yesterday', ''])(
    'does not guess %j',
    (text) => {
      expect(parseTime(text, 0)).toBeNull();
    },
  );

  it('names the columns there are when one is missing', async () => {
    expect(await refusal(`Date,First,High,Low,Close\n${DAY}`)).toMatch(
      /^DATA_INVALID: \d+\.csv cannot be read as bars: it has no column for open; there are Date, First, High, Low, Close\. Name them: --columns /,
    );
  });
});

describe('bad rows', () => {
  const rows = (...lines: string[]) => ['time,open,high,low,close,volume', ...lines, ''].join('\n');

  it.each([
    ['high below low', '2024-01-02,10,9,12,11,1'],
    ['open or close outside of high and low', '2024-01-02,10,12,9,13,1'],
    ['price zero or negative', '2024-01-02,10,12,0,11,1'],
    ['volume negative', '2024-01-02,10,12,9,11,-1'],
    ['a column is missing or no number', '2024-01-02,10,12,9'],
    ['a column is missing or no number', '2024-01-02,10,12,,11,1'],
    ['a column is missing or no number', '2024-01-02,10,12,9,x,1'],
    ['time not understood', '02.01.2024,10,12,9,11,1'],
    ['time zone written otherwise than before', '2024-01-02T00:00Z,10,12,9,11,1'],
    ['time written otherwise than before', '1704153600,10,12,9,11,1'],
    ['more columns than in the first line', '2024-01-02,1,010,1,012,1,009,1,011,1'],
    ['a column is missing or no number', '2024-01-02,"1,010","1,012","1,009","1,011",1'],
    ['same time as the row before', DAY],
    ['earlier than the row before', '2023-12-31,10,12,9,11,1'],
    ['less than 1d after the row before', '2024-01-01 12:00,10,12,9,11,1'],
  ])('%s: refused with file, line and count, or left out and counted', async (problem, row) => {
    const text = rows(DAY, row, '2024-01-03,10,12,9,11,1');
    expect(await refusal(text)).toMatch(
      new RegExp(`^DATA_INVALID: \\d+\\.csv has bad rows: ${problem}: 1 row \\(line 3\\)\\.`),
    );
    const { bars, provenance } = await read(text, { badRows: 'skip' });
    expect(bars.map(({ openTs }) => openTs)).toEqual([at('2024-01-01T00:00:00Z'), at('2024-01-03T00:00:00Z')]);
    expect(provenance[0]).toMatchObject({ rows: 3, used: 2, faults: [{ problem, count: 1, lines: [3] }] });
  });

  it('are all named at once, by kind', async () => {
    const bad = Array.from({ length: 7 }, (_, index) => `2024-02-0${index + 1},10,9,12,11,1`);
    expect(await refusal(rows(DAY, ...bad, 'x,1,1,1,1,1'))).toContain(
      'high below low: 7 rows (lines 3, 4, 5, 6, 7, …); time not understood: 1 row (line 10)',
    );
  });

  it('are found where files overlap, and named with the later file', async () => {
    const text = await refusal([rows(DAY, '2024-01-02,10,12,9,11,1'), rows('2024-01-02,10,12,9,11,1')]);
    expect(text).toMatch(/^DATA_INVALID: \d+\.csv has bad rows: before the end of \d+\.csv: 1 row \(line 2\)\./);
  });

  it('a gap is told and no fault', async () => {
    const { provenance } = await read(rows(DAY, '2024-01-02,10,12,9,11,1', '2024-01-05,10,12,9,11,1'));
    expect(provenance[0]?.gaps).toEqual({ count: 1, longestMs: 2 * 86_400_000, lines: [4] });
  });
});

describe('files', () => {
  it('reads gzip, and says where they came from', async () => {
    const path = fileOf(gzipSync(`Date,Open,High,Low,Close\n2024-01-01,10,12,9,11\n`), 'csv.gz');
    const { bars, provenance } = await read('', { files: [path] });
    expect(bars).toHaveLength(1);
    expect(provenance[0]).toMatchObject({
      file: path,
      rows: 1,
      columns: ['Date → time', 'Open → open', 'High → high', 'Low → low', 'Close → close'],
    });
    expect(provenance[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('names a file that is not there, one that is cut, and one without bars', async () => {
    const long = Array.from(
      { length: 20_000 },
      (_, index) => `${1_704_067_200 + index * 86_400},1${index % 7},19,9,11,1`,
    );
    const cut = fileOf(gzipSync(long.join('\n')).subarray(0, 20_000), 'csv.gz');
    expect(await refusal('', { files: [join(folder, 'none.csv')] })).toMatch(
      /^DATA_UNREADABLE: none\.csv cannot be read: there is no such file\.$/,
    );
    expect(await refusal('', { files: [cut] })).toMatch(
      /^DATA_UNREADABLE: .* cannot be read after line \d{4,}: it is cut\.$/,
    );
    expect(await refusal('Date,Open,High,Low,Close\n')).toMatch(/^DATA_INVALID: .*holds no bar/);
  });
});

describe('a column that says the symbol', () => {
  const rows = ['time,symbol,open,high,low,close', '2024-01-01,ETH,10,12,9,11', '2024-01-01,ABC,20,22,19,21', ''];

  it('leaves out the rows of others', async () => {
    const { bars, provenance } = await read(rows.join('\n'));
    expect(bars.map(({ close, symbol }) => [symbol, close])).toEqual([['ABC', 21]]);
    expect(provenance[0]).toMatchObject({ rows: 2, used: 1, faults: [] });
  });

  it('refuses a file that holds others only', async () => {
    expect(await refusal(rows.toSpliced(2, 1).join('\n'))).toMatch(
      /^DATA_INVALID: .* holds no bar of ABC; there is ETH\.$/,
    );
  });

  it('says what the file is of', async () => {
    const options = { exchange: 'gmo', timeframe: '1d' } as const;
    expect(await symbolIn({ ...options, files: [fileOf(rows.join('\n'))] })).toBe('ETH');
    expect(await symbolIn({ ...options, files: [fileOf(`Date,Open,High,Low,Close,Volume\n${DAY}\n`)] })).toBeNull();
  });
});
