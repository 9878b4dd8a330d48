import type { AlphaEvent } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { Alpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const TYPES = ['trade', 'orderbook', 'ticker', 'status'] as const;
const APPEND_ONLY = ['--appendonly', 'yes', '--appendfsync', 'always'];

interface Report {
  readonly received: number;
  readonly published: number;
  readonly spooled: number;
  readonly dropped: number;
}

function reportOf(stdout: string): Report {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
}

async function eventsOn(url: string): Promise<AlphaEvent[]> {
  const bus = await openRedisBus({ url });
  try {
    const pages = await Promise.all(TYPES.map((type) => bus.range(`md:${type}`, null, 1_000_000)));
    return pages.flat().map(({ event }) => event);
  } finally {
    await bus.close();
  }
}

/** How many events of each series there are; throws where one is missing, double or out of order. */
function countSeries(events: readonly AlphaEvent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type, symbol, seq } of events) {
    const key = `${type} ${symbol}`;
    const last = counts.get(key) ?? 0;
    if (seq !== last + 1) throw new Error(`${key}: ${seq} comes after ${last}.`);
    counts.set(key, seq);
  }
  return counts;
}

it('loses nothing when the collector is killed while it spools, and none of it when it is stopped then', async () => {
  await using server = await startRedisServer({ args: APPEND_ONLY });
  const folder = await tempFolder();
  const { env } = await startSimulator(folder, ['--speed', '20', '--hold', '1']);
  const settings = { ...env, REDIS_URL: server.url, SYMBOLS: 'BTC_JPY', METRICS_PORT: '0' };
  const spooling = 'The bus does not answer; events are kept on disk until it does.';

  const first = new Alpha(['collect'], { folder, env: settings });
  await first.line('collector started');
  await expect.poll(async () => (await eventsOn(server.url)).length, { timeout: 20_000 }).toBeGreaterThan(300);
  await server.kill();
  await first.line(spooling);
  await first.end('SIGKILL');
  await server.start();

  const second = new Alpha(['collect'], { folder, env: settings });
  const left = await second.line('Events that an earlier process left are published first.');
  expect(left.events).toBeGreaterThan(0);
  const before = (await eventsOn(server.url)).length;
  await expect.poll(async () => (await eventsOn(server.url)).length, { timeout: 20_000 }).toBeGreaterThan(before + 300);
  await server.kill();
  await second.line(spooling);
  const begun = performance.now();
  const stopped = await second.end('SIGTERM');
  const seconds = (performance.now() - begun) / 1000;
  expect(stopped.exit, stopped.stderr).toBe(0);
  expect(seconds).toBeLessThan(4);
  const { received, published, spooled, dropped } = reportOf(stopped.stdout);
  expect(published + spooled + dropped).toBe(received);
  expect(spooled).toBeGreaterThan(0);
  expect(dropped).toBe(0);
  expect(stopped.stdout).toContain('Events wait on disk');

  await server.start();
  const third = new Alpha(['collect'], { folder, env: settings });
  await third.line('collector started');
  await third.line('feed subscribed');
  const ended = await third.end('SIGTERM');
  expect(ended.exit, ended.stderr).toBe(0);
  expect(reportOf(ended.stdout)).toMatchObject({ spooled: 0, dropped: 0 });
  const events = await eventsOn(server.url);
  countSeries(events);
  expect(events.some(({ type, symbol }) => type === 'status' && symbol === '*')).toBe(false);
}, 90_000);

it('runs beside a collector of other symbols, and takes over from one of the same', async () => {
  await using server = await startRedisServer({ args: APPEND_ONLY });
  const folder = await tempFolder();
  // An exchange takes one subscription a second from an address: each collector has an address of its own.
  const start = async (symbol: string) => {
    const { env } = await startSimulator(folder, ['--speed', '10', '--hold', '1']);
    return new Alpha(['collect', '--symbols', symbol], { folder, env: { ...env, REDIS_URL: server.url } });
  };
  const [spot, leverage] = await Promise.all([start('BTC'), start('BTC_JPY')]);
  await Promise.all([spot.line('collector started'), leverage.line('collector started')]);
  const seen = async (symbol: string) => (await eventsOn(server.url)).filter((event) => event.symbol === symbol).length;
  await expect.poll(() => seen('BTC'), { timeout: 20_000 }).toBeGreaterThan(100);
  await expect.poll(() => seen('BTC_JPY'), { timeout: 20_000 }).toBeGreaterThan(100);

  const later = await start('BTC');
  const fenced = await spot.done;
  expect(fenced.exit).toBe(6);
  expect(fenced.stderr).toContain('BUS_FENCED');
  const before = await seen('BTC');
  await expect.poll(() => seen('BTC'), { timeout: 20_000 }).toBeGreaterThan(before + 100);
  for (const one of [later, leverage]) {
    const { exit, stdout, stderr } = await one.end('SIGTERM');
    expect(exit, stderr).toBe(0);
    const { received, published } = reportOf(stdout);
    expect(published).toBe(received);
  }
  countSeries(await eventsOn(server.url));
}, 90_000);
