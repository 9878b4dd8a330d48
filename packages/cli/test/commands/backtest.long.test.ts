import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const HEADER = 'time,open,high,low,close,volume';
const FLAGS = [
  '--data',
  'ABC.csv',
  '--timeframe',
  '1d',
  '--strategy',
  './sma-crossover.ts',
  '--param',
  'fast=1',
  '--param',
  'slow=2',
];

async function folderWith(rows: readonly string[]): Promise<string> {
  const folder = await tempFolder();
  await copyFile(join(root, 'examples/sma-crossover.ts'), join(folder, 'sma-crossover.ts'));
  await writeFile(join(folder, 'ABC.csv'), [HEADER, ...rows, ''].join('\n'));
  return folder;
}

/** Falls, then rises: a crossing above at the fourth close. */
const ROWS = ['10,10,10,10', '9,9,9,9', '8,8,8,8', '9,9,9,9', '10,11,10,11', '12,12,12,12'].map(
  (prices, index) => `2024-01-0${index + 1},${prices},1`,
);

describe('alpha backtest', () => {
  it('prints what came of it, as JSON and for people', async () => {
    const folder = await folderWith(ROWS);
    const json = await runAlpha(['backtest', ...FLAGS, '--size', '10', '--fee-rate', '0.1%', '--json'], { folder });
    expect({ exit: json.exit, stderr: json.stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      strategies: [{ name: 'sma-crossover', params: { fast: 1, slow: 2 }, symbols: ['ABC'] }],
      instruments: [{ symbol: 'ABC', takerFeeRate: '0.001', rulesOf: null }],
      limits: {},
      bars: 6,
      signals: 1,
      metrics: { initialEquity: 10_000, finalEquity: 10_019.9, feesPaid: 0.1, trades: 0, winRate: null },
      openTrades: [{ side: 'long', opened: '2024-01-05T00:00:00.000Z', entryPrice: '10', pnl: '19.9' }],
      orders: [{ side: 'buy', status: 'FILLED', averagePrice: '10' }],
      data: [{ rows: 6, faults: [] }],
    });
    const text = await runAlpha(['backtest', ...FLAGS, '--fee-rate', '0.1%'], { folder });
    // All of 10 000 with its fee: 999.00099900 units that gain 2 each.
    for (const said of ['final equity', '11988.01', '0 denials', 'not available', 'Assumptions', 'SHA-256']) {
      expect(text.stdout).toContain(said);
    }
  });

  it.each<[what: string, rows: readonly string[], flags: readonly string[], said: RegExp]>([
    [
      'bad rows',
      [...ROWS, '2024-01-07,1,1,2,1,1'],
      [],
      /^DATA_INVALID: .*ABC\.csv has bad rows: high below low: 1 row \(line 8\)\./,
    ],
    ['a period without bars', ROWS, ['--from', '2025-01-01'], /^DATA_INVALID: There is no bar between --from and --to/],
    ['a size that is none', ROWS, ['--size', 'much'], /^USAGE: --size is "much", and should be a positive number\./],
    ['a fee above 1', ROWS, ['--fee-rate', '5'], /^USAGE: --fee-rate is "5", and should be a fraction below 1/],
  ])('says in one sentence what is wrong: %s', async (_what, rows, flags, said) => {
    const { exit, stderr } = await runAlpha(['backtest', ...FLAGS, ...flags], { folder: await folderWith(rows) });
    expect(exit).toBe(2);
    expect(stderr).toMatch(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('knows the flags that its page shows', async () => {
    const page = await readFile(join(root, 'docs/backtest.md'), 'utf8');
    const command = /^alpha (backtest --strategy .*GOOG.*)$/m.exec(page)?.[1]?.split(' ') ?? [];
    const folder = await folderWith(ROWS);
    const words = command.map((word) => (word === 'GOOG.csv.gz' ? 'ABC.csv' : word.replace('./examples/', './')));
    const { exit, stderr } = await runAlpha(words, { folder });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  });
});
