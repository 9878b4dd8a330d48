import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defaultTapePath, loadTape, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tape-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HEADER = {
  format: 'alpha-tape',
  version: 1,
  exchange: 'gmo',
  symbols: [{ symbol: 'BTC', source: 'made by hand' }],
  start: 1_000,
  end: 2_000,
  records: 2,
  origin: 'a test',
  licence: 'none',
  conversion: 'none',
};
const TRADE = ['trade', 'BTC', 1_000, 100, 0.5, 'buy'];
const BOOK = [
  'book',
  'BTC',
  1_500,
  [
    [99, 1],
    [98, 1],
  ],
  [[101, 1]],
];

async function write(...lines: unknown[]): Promise<string> {
  const path = join(folder, `${Math.round(performance.now() * 1_000)}.jsonl.gz`);
  await writeFile(
    path,
    gzipSync(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')),
  );
  return path;
}

describe('the tape that comes with the package', () => {
  it('says where it is from and holds what its header promises', async () => {
    const { header, records } = await loadTape(defaultTapePath());
    expect(header).toMatchObject({ licence: 'MIT, Copyright (c) 2022 nkaz001@protonmail.com', exchange: 'gmo' });
    expect(header.conversion).toContain('147 JPY');
    expect(header.end - header.start).toBe(300_000);
    expect(records).toHaveLength(header.records);
    for (const record of records) {
      if (record.kind === 'book') {
        expect([record.bids.length, record.asks.length, (record.ts - header.start) % 505]).toEqual([30, 30, 0]);
      } else {
        const step = record.symbol === 'BTC' ? 0.00001 : 0.001;
        if (!Number.isInteger(record.price) || Math.abs(record.size / step - Math.round(record.size / step)) > 1e-6) {
          throw new Error(`Off the grid: ${JSON.stringify(record)}`);
        }
      }
    }
  });
});

describe('a tape that is wrong', () => {
  it('can be right', async () => {
    expect((await loadTape(await write(HEADER, TRADE, BOOK))).records).toHaveLength(2);
  });

  it.each<[string, unknown[], number]>([
    ['format', [{ ...HEADER, format: 'csv' }, TRADE, BOOK], 1],
    ['not JSON', [HEADER, '["trade",', BOOK], 2],
    ['symbol', [HEADER, TRADE, ['trade', 'ETH', 1_000, 1, 1, 'buy']], 3],
    ['side', [HEADER, ['trade', 'BTC', 1_000, 1, 1, 'up'], BOOK], 2],
    ['size', [HEADER, ['trade', 'BTC', 1_000, 1, 0, 'buy'], BOOK], 2],
    ['kind', [HEADER, ['quote', 'BTC', 1_000, 1, 1, 'buy'], BOOK], 2],
    ['time', [HEADER, BOOK, TRADE], 3],
    ['crossed', [HEADER, TRADE, ['book', 'BTC', 1_500, [[102, 1]], [[101, 1]]]], 3],
    [
      'unsorted',
      [
        HEADER,
        TRADE,
        [
          'book',
          'BTC',
          1_500,
          [
            [98, 1],
            [99, 1],
          ],
          [[101, 1]],
        ],
      ],
      3,
    ],
    ['short', [HEADER, TRADE], 2],
    ['empty', [''], 1],
  ])('is refused with its line: %s', async (_what, lines, line) => {
    const path = await write(...lines);
    await expect(loadTape(path)).rejects.toMatchObject({ code: 'TAPE_INVALID', context: { path, line } });
  });

  it('is refused when it is absent, cut or not a gzip file', async () => {
    const notGzip = join(folder, 'plain.jsonl.gz');
    await writeFile(notGzip, 'hello');
    const cut = join(folder, 'cut.jsonl.gz');
    await writeFile(cut, gzipSync(JSON.stringify(HEADER)).subarray(0, 40));
    for (const path of [notGzip, cut, join(folder, 'absent.jsonl.gz')]) {
      await expect(startGmoSimulator({ tape: path })).rejects.toMatchObject({ code: 'TAPE_INVALID' });
    }
  });
});
