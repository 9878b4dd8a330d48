import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { eventsOn } from '../support/events-on.js';
import { tempFolder } from '../support/temp-folder.js';

it('collects and trades over a Redis that is killed on the way, each symbol with its own streams', async () => {
  await using server = await startRedisServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const folder = await tempFolder();
  const { simulator, env } = await startSimulator(folder, ['--speed', '200', '--hold', '3']);
  const settings = {
    ...env,
    REDIS_URL: server.url,
    ALPHA_PARTITION: 'symbol',
    SYMBOLS: 'BTC',
    ALPHA_MAX_SIGNAL_AGE_MS: '86400000',
    ALPHA_MAX_DATA_AGE_MS: '86400000',
  };
  const strategy = ['--strategy', 'ma-cross', '--param', 'fast=3', '--param', 'slow=8', '--timeframe', '1s'];
  const engine = new Alpha(['engine', ...strategy, '--json'], { folder, env: settings });
  await engine.line('engine started');
  const collector = new Alpha(['collect'], { folder, env: settings });
  await collector.line('collector started');
  await eventsOn(server, 500);
  await server.kill();
  await server.start();
  await simulator.line('tape ended');

  const collected = await collector.end('SIGTERM');
  expect(collected.exit, collected.stderr).toBe(0);
  const report = JSON.parse(collected.stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
  expect(report).toMatchObject({ msg: 'collector stopped', received: report.published });

  // A busy engine is still reading when the collector has ended.
  const unread = async () => {
    const { stdout } = await runAlpha(['status', '--json'], { folder, env: settings });
    const groups = (JSON.parse(stdout).lag as { group: string; lag: number }[]).filter(
      ({ group }) => group === 'strategy:gmo',
    );
    return groups.length === 0 ? null : groups.reduce((sum, { lag }) => sum + lag, 0);
  };
  await expect.poll(unread, { timeout: 30_000 }).toBe(0);
  const stopped = await engine.end('SIGINT');
  expect(stopped.exit, stopped.stderr).toBe(0);
  const last = JSON.parse(stopped.stdout.trim().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ msg: 'engine stopped', reconciled: true, strategy: { gaps: 0 } });
  expect(last.strategy.consumed).toBe(report.published);
  expect(last.stored.orders).toBeGreaterThan(0);
}, 90_000);
