import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

/** Enters at the first bar and stays: something to flatten. */
const STRATEGY = `
import { defineStrategy } from '@alpha-engine/core';
import { z } from 'zod';
export default defineStrategy({
  name: 'stayer',
  params: z.object({}),
  create: () => ({ warmup: 1, onBar: (_bar, ctx) => (ctx.position.isLong ? undefined : ctx.enterLong({ reason: 'stay' })) }),
});
`;

it('says that no engine runs, and says it to nobody else', async () => {
  const folder = await tempFolder();
  const refused = await runAlpha(['halt', '--json'], { folder });
  expect(refused.exit).toBe(8);
  expect(JSON.parse(refused.stderr).error).toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
  const unconfirmed = await runAlpha(['flatten', '--json'], { folder });
  expect(unconfirmed.exit).toBe(2);
  expect(unconfirmed.stderr).toContain('yes');
});

it('halts, flattens and resumes a running engine, which answers with its new state', async () => {
  const folder = await tempFolder({ 'stayer.ts': STRATEGY });
  const { env } = await startSimulator(folder, ['--speed', '20', '--hold', '6', '--loop']);
  const settings = {
    ...env,
    SYMBOLS: 'BTC,BTC_JPY',
    API_KEY: 'demo-key',
    API_SECRET: 'demo-secret',
    ALPHA_MAX_SIGNAL_AGE_MS: '600000',
    ALPHA_MAX_DATA_AGE_MS: '600000',
  };
  const surroundings = { folder, env: settings };
  const strategy = ['--strategy', './stayer.ts', '--timeframe', '1s', '--live'];
  const engine = new Alpha(['engine', ...strategy, '--json'], surroundings);
  await engine.line('engine started');
  const collector = new Alpha(['collect', '--json'], surroundings);
  await collector.line('collector started');
  const ask = async (...args: string[]) => {
    const { exit, stdout, stderr } = await runAlpha([...args, '--json'], surroundings);
    expect(exit, `${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
    return JSON.parse(stdout);
  };
  const held = async () =>
    ((await ask('positions')) as { symbol: string; size: string }[]).filter(({ size }) => size !== '0');
  while ((await held()).length < 2) await delay(200);

  expect(await ask('reduce', '--symbol', 'BTC', '--reason', 'News.')).toMatchObject({
    scope: 'BTC',
    state: 'REDUCING',
    halts: [{ cause: 'operator_reduce', reason: 'News.' }],
  });
  const flat = await ask('flatten', '--yes');
  expect(flat).toMatchObject({ scope: '*', state: 'HALTED' });
  expect(flat.closed.map(({ symbol, side }: { symbol: string; side: string }) => `${symbol} ${side}`).sort()).toEqual([
    'BTC sell',
    'BTC_JPY sell',
  ]);
  expect(await held()).toEqual([]);
  const { books } = await ask('status');
  expect(books).toMatchObject([{ trading: 'HALTED' }, { trading: 'HALTED' }]);

  const unknown = await runAlpha(['halt', '--symbol', 'DOGE', '--json'], surroundings);
  expect(JSON.parse(unknown.stderr).error.code).toBe('UNKNOWN_SYMBOL');
  expect(await ask('resume')).toMatchObject({ scope: '*', state: 'ACTIVE', halts: [] });

  await collector.end('SIGTERM');
  expect((await engine.end('SIGTERM')).exit).toBe(0);
}, 90_000);
