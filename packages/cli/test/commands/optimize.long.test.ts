import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Alpha, runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const STRATEGY = `
import { defineStrategy } from '@alpha-engine/core';
import { z } from 'zod';
export default defineStrategy({
  name: 'turns',
  params: z.object({ every: z.number().int().min(2), bad: z.enum(['no', 'throw', 'exit', 'loop']).default('no') }),
  create: ({ bad, every }) => {
    let bars = 0;
    return {
      onBar(_bar, ctx) {
        bars += 1;
        if (bars === 30 && bad === 'throw') throw new Error('Enough.');
        if (bars === 30 && bad === 'exit') process.exit(7);
        if (bars === 30 && bad === 'loop') for (;;);
        if (bars % every === 0) ctx.enterLong();
        else if (bars % every === 1) ctx.exit();
      },
    };
  },
});
`;

async function folderWithData(): Promise<string> {
  const folder = await tempFolder();
  const rows = Array.from({ length: 200 }, (_, index) => {
    const [open, close] = [index, index + 1].map((at) => 100 + at / 10 + 10 * Math.sin(at / 7));
    const day = new Date(Date.UTC(2024, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);
    return [day, open, Math.max(open!, close!) + 1, Math.min(open!, close!) - 1, close, 1].join(',');
  });
  await writeFile(join(folder, 'ABC.csv'), ['time,open,high,low,close,volume', ...rows, ''].join('\n'));
  await writeFile(join(folder, 'turns.ts'), STRATEGY);
  return folder;
}

const FLAGS = ['optimize', '--strategy', './turns.ts', '--data', 'ABC.csv', '--timeframe', '1d', '--rules', 'none'];

const json = async (folder: string, flags: readonly string[]) => {
  const { exit, stderr, stdout } = await runAlpha([...FLAGS, ...flags, '--json'], { folder });
  const { seconds: _, threads: _threads, ...report } = JSON.parse(stdout || '{}') as Record<string, unknown>;
  return { exit, stderr, report };
};

describe('alpha optimize', () => {
  it('finds the same on one thread and on three, and says what went wrong in some', async () => {
    const folder = await folderWithData();
    const space = ['--space', 'every=5..20:5', '--space', 'bad=no,throw,exit', '--objective', 'totalReturn'];
    const [one, three] = [
      await json(folder, [...space, '--threads', '1']),
      await json(folder, [...space, '--threads', '3']),
    ];
    expect(one).toMatchObject({ exit: 0, stderr: '', report: { trials: 12, found: 4, failed: 8 } });
    expect(three).toEqual(one);
    const text = await runAlpha([...FLAGS, ...space], { folder });
    expect(text.stdout).toMatch(
      /4 trials failed, the first with every=5 bad=throw: the strategy threw at 2024-01-31T00:00:00.000Z: Enough\./,
    );
    expect(text.stdout).toContain('Its thread ended: process.exit(7) was called in it.');
  }, 60_000);

  it('goes on from its file after it was killed or stopped, to the same end', async () => {
    const folder = await folderWithData();
    const flags = ['--space', 'every=2..60', '--sampler', 'tpe', '--trials', '40', '--objective', 'totalReturn'];
    const whole = await json(folder, flags);
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const alpha = new Alpha([...FLAGS, ...flags, '--out', 'trials.jsonl'], { folder });
      const lines = async () =>
        (await readFile(join(folder, 'trials.jsonl'), 'utf8').catch(() => '')).split('\n').length;
      const before = await lines();
      await expect.poll(lines, { interval: 5, timeout: 10_000 }).toBeGreaterThan(before + 3);
      const { exit } = await alpha.end(signal);
      if (signal === 'SIGINT') expect([0, 130]).toContain(exit);
    }
    const rest = await json(folder, [...flags, '--out', 'trials.jsonl']);
    expect(rest).toEqual({ ...whole, report: { ...whole.report, out: 'trials.jsonl' } });
    const other = await json(folder, [...flags, '--fee-rate', '0.1%', '--out', 'trials.jsonl']);
    expect(other.stderr + JSON.stringify(other.report)).toContain('its account is not that of this one');
  }, 60_000);

  it.each<[what: string, flags: readonly string[], exit: number, says: string]>([
    [
      'no point meets --where',
      ['--space', 'every=2..9', '--where', 'every > 9'],
      2,
      'no point of the space meets --where',
    ],
    ['no parameter of this name', ['--space', 'evry=2..9'], 2, 'evry: unknown; there is every, bad'],
    ['every value is refused', ['--space', 'every=0..1'], 2, 'every: Too small'],
    [
      'no figure in any trial',
      ['--space', 'every=300..301', '--objective', 'winRate'],
      1,
      'winRate is not available in any',
    ],
    [
      'no trial ends',
      ['--space', 'every=3', '--space', 'bad=loop', '--trial-timeout', '1s'],
      1,
      '1 trial failed, the first with every=3 bad=loop: It took longer than 1 s, and its thread was ended.',
    ],
    ['a time-out that is none', ['--space', 'every=3', '--trial-timeout', '25h'], 2, '--trial-timeout is "25h"'],
    ['every trial throws', ['--space', 'every=3..4', '--space', 'bad=throw'], 1, 'all 2 trials failed'],
    ['an empty range', ['--space', 'every=9..2'], 2, '9 is above 2, so that there is nothing in it'],
  ])('says in one sentence: %s', async (_what, flags, exit, says) => {
    const found = await runAlpha([...FLAGS, ...flags], { folder: await folderWithData() });
    expect(found.stdout + found.stderr).toContain(says);
    expect(found.exit).toBe(exit);
  });

  it('walks forward, and draws the map of a search', async () => {
    const folder = await folderWithData();
    const { exit, report } = await json(folder, [
      ...['--space', 'every=5..20:5', '--objective', 'totalReturn', '--walk-forward', 'train=60d,test=30d'],
    ]);
    expect({ exit, windows: report.windows }).toMatchObject({ exit: 0, windows: Array(4).fill({ trials: 4 }) });
    const space = ['--space', 'every=5..20:5', '--space', 'bad=no,throw', '--report', 'out.html'];
    expect((await runAlpha([...FLAGS, ...space], { folder })).exit).toBe(0);
    expect(await readFile(join(folder, 'out.html'), 'utf8')).toContain('Search: sharpe by parameters');
  });
});
