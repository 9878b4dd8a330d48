import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/my-strategy.ts', import.meta.url));

it('collects, trades the example strategy on paper in a folder without packages, and shows it', async () => {
  const folder = await tempFolder({ 'my-strategy.ts': await readFile(EXAMPLE, 'utf8') });
  const { simulator, env } = await startSimulator(folder, ['--speed', '60', '--hold', '3']);
  const secrets = { API_KEY: 'key-nobody-may-see', API_SECRET: 'secret-nobody-may-see', LOG_LEVEL: 'debug' };
  const settings = {
    ...env,
    ...secrets,
    SYMBOLS: 'BTC',
    ALPHA_MAX_SIGNAL_AGE_MS: '600000',
    ALPHA_MAX_DATA_AGE_MS: '600000',
  };
  const strategy = ['--strategy', './my-strategy.ts', '--param', 'length=5', '--timeframe', '1s'];
  const paper = ['--fill', 'top-of-book', '--latency', 'order=20,answer=10'];
  const engine = new Alpha(['engine', ...strategy, ...paper, '--json'], { folder, env: settings });
  await engine.line('engine started');
  const collector = new Alpha(['collect'], { folder, env: settings });
  await simulator.line('tape ended');

  const collected = await collector.end('SIGTERM');
  expect(collected.exit, collected.stderr).toBe(0);
  const report = JSON.parse(collected.stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
  expect(report).toMatchObject({ msg: 'collector stopped', received: report.published });
  expect(report.received).toBeGreaterThan(1000);

  // While the engine runs, the other commands read what it serves.
  const surroundings = { folder, env: settings };
  const seen = JSON.parse((await runAlpha(['status', '--json'], surroundings)).stdout);
  expect(seen.engine).toBe('running');
  expect(seen.counts.bars).toBeGreaterThan(10);
  expect(seen.books).toMatchObject([{ symbol: 'BTC', agreedAt: expect.stringMatching(/Z$/) }]);

  // The paper account let 20 ms pass on the way to the exchange, at sixty times the speed of the clock.
  const measured = JSON.parse((await runAlpha(['latency', '--out', 'latency.json', '--json'], surroundings)).stdout);
  expect(JSON.parse(await readFile(join(folder, 'latency.json'), 'utf8')).order).toEqual(measured.order);
  expect(measured.order.points[0][1]).toBeGreaterThan(1_000);
  expect(measured.measured.samples.feed).toBeGreaterThan(10);

  const stopped = await engine.end('SIGINT');
  expect(stopped.exit, stopped.stderr).toBe(0);
  const last = JSON.parse(stopped.stdout.trim().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ msg: 'engine stopped', reconciled: true });
  expect(last.stored.orders).toBeGreaterThan(0);

  const orders = JSON.parse((await runAlpha(['orders', '--json'], surroundings)).stdout);
  expect(orders.length).toBe(last.stored.orders);
  expect(orders[0]).toMatchObject({ symbol: 'BTC', side: 'buy', strategy: 'my-strategy', signal: 'enter_long' });
  expect(orders[0].bar.timeframe).toBe('1s');
  const positions = await runAlpha(['positions'], surroundings);
  expect(positions.stdout).toContain('my-strategy');

  const everything = [collected, stopped, positions].map(({ stdout, stderr }) => stdout + stderr).join('\n');
  expect(everything).not.toContain('nobody-may-see');
}, 90_000);
