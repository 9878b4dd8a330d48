import { it } from 'vitest';
import { Alpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

/** Nobody listens there: an engine that got past its folder waits for Redis. */
const AWAY = { REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: 'postgres://alpha@127.0.0.1:1/alpha' };
const STRATEGY = ['engine', '--strategy', 'ma-cross', '--no-enable-execution', '--json'];
const EXECUTION = ['engine', '--no-enable-strategy', '--json'];

it('lets the halves of an engine and their standbys share a folder, and each start again after kill -9', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder);
  const surroundings = { folder, env: { ...env, ...AWAY } };
  for (const _ of ['first', 'again']) {
    const engines = [STRATEGY, EXECUTION, EXECUTION].map((args) => new Alpha(args, surroundings));
    for (const engine of engines) await engine.line('Redis is away; it is tried again.');
    for (const engine of engines) await engine.end('SIGKILL');
  }
}, 60_000);
