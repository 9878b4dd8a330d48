import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const GOOG = join(process.env.ALPHA_RECORDINGS ?? join(root, '../shared/data'), 'backtesting_py/GOOG.csv.gz');
if (!existsSync(GOOG)) console.info(`No ${GOOG}; set ALPHA_RECORDINGS to the folder of recordings to test with it.`);
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
    // The paper account of the settings knows no bars; a back-test's own flag does.
    const text = await runAlpha(['backtest', ...FLAGS, '--fill', 'next-open', '--fee-rate', '0.1%'], { folder });
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
  ])('says in one sentence what is wrong: %s', async (_what, rows, flags, said) => {
    const { exit, stderr } = await runAlpha(['backtest', ...FLAGS, ...flags], { folder: await folderWith(rows) });
    expect(exit).toBe(2);
    expect(stderr).toMatch(said);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.skipIf(!existsSync(GOOG))('gives the published figures of GOOG by the command of its page', async () => {
    const page = await readFile(join(root, 'docs/backtest.md'), 'utf8');
    const command = /^alpha (backtest --strategy .*GOOG.*)$/m.exec(page)?.[1]?.split(' ') ?? [];
    const folder = await folderWith(ROWS);
    await mkdir(join(folder, 'examples'));
    await copyFile(join(root, 'examples/sma-crossover.ts'), join(folder, 'examples/sma-crossover.ts'));
    await copyFile(GOOG, join(folder, 'GOOG.csv.gz'));
    const { exit, stdout } = await runAlpha([...command, '--json'], { folder });
    const { metrics } = JSON.parse(stdout);
    const percent = (fraction: number) => (fraction * 100).toFixed(2);
    expect({
      exit,
      ...{ final: metrics.finalEquity.toFixed(2), peak: metrics.equityPeak.toFixed(2), trades: metrics.trades },
      ...{ won: percent(metrics.winRate), best: percent(metrics.bestReturn), worst: percent(metrics.worstReturn) },
      ...{ maxDrawdown: percent(metrics.maxDrawdown), return: percent(metrics.totalReturn) },
    }).toEqual({
      exit: 0,
      ...{ final: '68935.12', peak: '68991.22', trades: 93, won: '53.76', best: '57.12', worst: '-16.63' },
      ...{ maxDrawdown: '33.08', return: '589.35' },
    });
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
