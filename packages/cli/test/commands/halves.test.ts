import { expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

/** Nobody listens there: an engine that got past its locks waits for Redis. */
const AWAY = { REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: 'postgres://alpha@127.0.0.1:1/alpha' };
const STRATEGY = ['engine', '--strategy', 'ma-cross', '--no-enable-execution', '--json'];
const EXECUTION = ['engine', '--no-enable-strategy', '--json'];

it('lets the halves of an engine share a folder, neither of them twice, and each start again after kill -9', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder);
  const surroundings = { folder, env: { ...env, ...AWAY } };
  const halves = [new Alpha(STRATEGY, surroundings), new Alpha(EXECUTION, surroundings)];
  for (const half of halves) await half.line('Redis is away; it is tried again.');

  for (const args of [STRATEGY, EXECUTION]) {
    const second = await runAlpha(args, surroundings);
    expect([second.exit, JSON.parse(second.stderr).error.code]).toEqual([6, 'DATA_FOLDER_LOCKED']);
  }

  for (const half of halves) await half.end('SIGKILL');
  const again = [new Alpha(STRATEGY, surroundings), new Alpha(EXECUTION, surroundings)];
  for (const half of again) await half.line('Redis is away; it is tried again.');
}, 60_000);
