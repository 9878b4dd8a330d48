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
      symbol: 'ABC',
      bars: 400,
      cuts: 20,
      findings: [],
      touches: [],
      warmup: { declared: 1, needed: 1, difference: null },
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
    expect(findings[0].bar).toBe(new Date(Date.parse(findings[0].is.time) - 60_000).toISOString());
    expect(touches).toMatchObject([{ what: 'Date.now()', where: 'onBar', allowed: false }]);
  });
});
