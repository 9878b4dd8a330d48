import { expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const ENV = {
  API_KEY: 'key-nobody-may-see',
  API_SECRET: 'secret-nobody-may-see',
  DATABASE_URL: 'postgres://me:password-nobody-may-see@localhost/alpha',
};

it.each([[['config', 'show']], [['config', 'show', '--json']], [['config', 'check', '--json']]])(
  '%j never tells a secret',
  async (args) => {
    const { exit, stdout, stderr } = await runAlpha(args, { folder: await tempFolder(), env: ENV });
    expect(exit, stderr).toBe(0);
    expect(stdout + stderr).not.toContain('nobody-may-see');
    if (args[1] === 'show') expect(stdout).toContain('***');
  },
);

it('shows values with their sources as JSON', async () => {
  const folder = await tempFolder({ 'alpha.config.ts': `export default { timeframe: '5m' };` });
  const { stdout } = await runAlpha(['config', 'show', '--json', '--symbols', 'ETH'], { folder, env: ENV });
  const settings = JSON.parse(stdout) as { path: string; value: unknown; source: string }[];
  const one = (path: string) => settings.find((setting) => setting.path === path);
  expect(one('symbols')).toMatchObject({ value: ['ETH'], source: 'flag --symbols' });
  expect(one('timeframe')).toMatchObject({ value: '5m', source: 'alpha.config.ts' });
  expect(one('apiKey')).toMatchObject({ value: '***', source: 'environment API_KEY' });
  expect(one('capital')).toMatchObject({ value: '1000000', source: 'default' });
});

it('keeps secrets out of the failures and stacks of every boundary they cross', async () => {
  const folder = await tempFolder({ 'bad.ts': `throw new Error('leaks ' + process.env.API_SECRET);` });
  const env = { ...ENV, LOG_LEVEL: 'debug' };
  for (const extra of [[], ['--json']]) {
    const { exit, stderr } = await runAlpha(['config', 'check', '--strategy', './bad.ts', ...extra], { folder, env });
    expect(exit).toBe(2);
    expect(stderr).toContain('leaks ***');
    expect(stderr).not.toContain('nobody-may-see');
  }
  // A database that is not there: drivers like to quote the address they could not reach.
  const unreachable = { ...ENV, DATABASE_URL: 'postgres://me:password-nobody-may-see@127.0.0.1:1/alpha' };
  const { exit, stderr } = await runAlpha(['status', '--json'], {
    folder,
    env: { ...unreachable, LOG_LEVEL: 'debug' },
  });
  expect(exit).toBe(5);
  expect(JSON.parse(stderr).error.code).toBe('STORE_UNAVAILABLE');
  expect(stderr).not.toContain('nobody-may-see');
});
