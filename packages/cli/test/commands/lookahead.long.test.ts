import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const START = Date.UTC(2024, 0, 1);

/** Two waves on each other, 400 minutes. */
async function folderWith(strategy: string): Promise<string> {
  const folder = await tempFolder();
  const rows = Array.from({ length: 400 }, (_, n) => {
    const at = (minute: number) => (1_000 + 100 * Math.sin(minute / 9) + 30 * Math.sin(minute / 2.3)).toFixed(2);
    const [open, close] = [at(n), at(n + 1)];
    const [high, low] = Number(open) > Number(close) ? [open, close] : [close, open];
    return [START + n * 60_000, open, high, low, close, 1].join(',');
  });
  await writeFile(join(folder, 'ABC.csv'), ['time,open,high,low,close,volume', ...rows, ''].join('\n'));
  await writeFile(join(folder, 'suspect.ts'), strategy);
  return folder;
}

function suspect(head: string, onBar: string): string {
  return `import { readFileSync } from 'node:fs';
import { defineStrategy } from '@alpha-engine/core';
import { z } from 'zod';
${head}
export default defineStrategy({
  name: 'suspect',
  params: z.object({}),
  create: () => ({ onBar(bar, ctx) { ${onBar} } }),
});
`;
}

const FLAGS = ['lookahead', '--data', 'ABC.csv', '--timeframe', '1m', '--strategy', './suspect.ts'];

describe('alpha lookahead', () => {
  it('finds nothing in a strategy that looks at its bars, and says so with exit status 0', async () => {
    const folder = await folderWith(suspect('', 'if (bar.close > bar.open) ctx.enterLong(); else ctx.exit();'));
    const { exit, stdout, stderr } = await runAlpha([...FLAGS, '--json'], { folder });
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      clean: true,
      symbols: ['ABC'],
      moments: 400,
      cuts: 20,
      findings: [],
      touches: [],
      warmup: [{ symbol: 'ABC', declared: 1, needed: 1, difference: null }],
    });
  });

  it('finds one that reads the data file while it is loaded, with exit status 1', async () => {
    const read = `const closes = readFileSync('ABC.csv', 'utf8').split('\\n').map((row) => Number(row.split(',')[4]));`;
    const decide = `const n = (bar.openTs - ${START}) / 60_000; if (closes[n + 2] > bar.close) ctx.enterLong(); else ctx.exit();`;
    const folder = await folderWith(suspect(read, decide));
    const { exit, stdout } = await runAlpha(FLAGS, { folder });
    expect(exit).toBe(1);
    expect(stdout).toMatch(/OUTSIDE\s+uses the file .*ABC\.csv in import/);
  });

  it('finds the clock, and state that outlives an instance, with the bar and both decisions', async () => {
    const folder = await folderWith(
      suspect(
        'let calls = 0;',
        'calls += 1; if ((calls + Math.floor(Date.now() / 1e15)) % 7 === 0) ctx.enterLong(); else ctx.exit();',
      ),
    );
    const { exit, stdout } = await runAlpha([...FLAGS, '--json'], { folder });
    expect(exit).toBe(1);
    const { findings, touches } = JSON.parse(stdout);
    expect(findings[0]).toMatchObject({ kind: 'repeated', cut: null, was: null, is: { action: 'enter_long' } });
    expect(findings[0].at).toBe(new Date(Date.parse(findings[0].is.time) - 60_000).toISOString());
    expect(touches).toMatchObject([{ what: 'Date.now()', where: 'onBar', allowed: false }]);
  });

  it('runs tick callbacks of two symbols over recorded trades, and finds what one tells the other', async () => {
    const folder = await folderWith(`const known = new Map();
export default {
  apiVersion: 1, name: 'gossip', label: 'gossip', description: '', params: { safeParse: (data) => ({ success: true, data }) },
  create: () => ({
    timeframes: { '3t': { onBar: () => undefined } },
    onTrade({ symbol, ts, data }, ctx) {
      known.set(symbol + ts, data.price);
      const next = known.get('BTC' + (ts + 1_000));
      if (symbol === 'ETH' && next !== undefined) next > known.get('BTC' + ts) ? ctx.enterLong() : ctx.exit();
    },
    snapshot: () => ({}),
    restore: () => undefined,
  }),
};`);
    const rows = (seed: number) =>
      Array.from({ length: 120 }, (_, n) => [START + n * 1_000, 100 + 5 * Math.sin(n * seed), 1, 'buy'].join(','));
    for (const [symbol, seed] of [['BTC', 0.9] as const, ['ETH', 0.4] as const]) {
      await writeFile(join(folder, `${symbol}.csv`), ['timestamp,price,size,side', ...rows(seed), ''].join('\n'));
    }
    const flags = ['--data', 'BTC=BTC.csv', '--data', 'ETH=ETH.csv', '--timeframe', '1m', '--strategy', './suspect.ts'];
    const { exit, stdout } = await runAlpha(['lookahead', ...flags, '--json'], { folder });
    expect(exit, stdout).toBe(1);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ symbols: ['BTC', 'ETH'], moments: 240, unheard: [] });
    expect(report.findings[0]).toMatchObject({
      kind: 'repeated',
      symbol: 'ETH',
      what: 'trade',
      is: { action: 'enter_long' },
    });
    expect(report.warmup.map(({ points, symbol }: { points: number; symbol: string }) => [symbol, points])).toEqual([
      ['BTC', 0],
      ['ETH', 0],
    ]);
  });
});
