import { freePort, startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { Alpha, startSimulator } from '../support/alpha.js';
import { eventsOn } from '../support/events-on.js';
import { tempFolder } from '../support/temp-folder.js';

it('waits for a Redis that is away, ends at once when it is told to, and goes on with nothing lost', async () => {
  await using server = await startRedisServer({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const folder = await tempFolder();
  const { env } = await startSimulator(folder, ['--speed', '20', '--hold', '3']);
  const [port, collectorPort] = [await freePort(), await freePort()];
  const settings = { ...env, REDIS_URL: server.url, SYMBOLS: 'BTC', ALPHA_MAX_DATA_AGE_MS: '600000' };
  const strategy = ['--strategy', 'ma-cross', '--param', 'fast=3', '--param', 'slow=8', '--timeframe', '1s'];
  const args = ['engine', ...strategy, '--json'];
  const first = new Alpha([...args, '--metrics-port', String(port)], { folder, env: settings });
  await first.line('engine started');
  const collector = new Alpha(['collect', '--metrics-port', String(collectorPort)], { folder, env: settings });
  await collector.line('collector started');
  await eventsOn(server, 500);

  await server.kill();
  await first.line('The bus does not answer; this brain goes on, and its events are published when it is back.');
  await expect.poll(() => reasons(port)).toEqual([expect.stringContaining('did not answer')]);
  await expect.poll(() => reasons(collectorPort)).toEqual([expect.stringContaining('wait on disk')]);
  const told = performance.now();
  const stopped = await first.end('SIGTERM');
  expect([stopped.exit, stopped.stderr]).toEqual([0, '']);
  expect(performance.now() - told).toBeLessThan(5000);

  await server.start();
  const second = new Alpha(args, { folder, env: settings });
  await second.line('engine started');
  const collected = await collector.end('SIGTERM');
  expect(collected.exit, collected.stderr).toBe(0);
  const ended = await second.end('SIGTERM');
  expect(ended.exit, ended.stderr).toBe(0);
  const last = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ msg: 'engine stopped', reconciled: true, strategy: { gaps: 0 } });
}, 90_000);

async function reasons(port: number): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  return ((await answer.json()) as { reasons: readonly string[] }).reasons;
}
