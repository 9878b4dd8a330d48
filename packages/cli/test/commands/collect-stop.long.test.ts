import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { Alpha, startSimulator } from '../support/alpha.js';
import {
  BUSY,
  countMarketEvents,
  embedded,
  eventsOn,
  sent,
  statsOf,
  stop,
  sum,
  timesOnTape,
  underLoad,
} from '../support/stopping.js';
import { tempFolder } from '../support/temp-folder.js';

const APPEND_ONLY = ['--appendonly', 'yes', '--appendfsync', 'always'];

it('is told to stop under load: on Redis, and with Redis away on disk until the next start', async () => {
  await using server = await startRedisServer({ args: APPEND_ONLY });
  const folder = await tempFolder();
  const { env } = await startSimulator(folder, BUSY);
  const settings = { ...env, SYMBOLS: 'BTC_JPY', REDIS_URL: server.url };
  const onRedis = async () => countMarketEvents(await eventsOn(await openRedisBus({ url: server.url })));

  const first = new Alpha(['collect'], { folder, env: settings });
  await underLoad(env);
  const whole = await stop(first);
  const stats = await statsOf(env);
  expect(whole).toMatchObject({ published: whole.received, received: sent(stats) });
  expect(await onRedis()).toBe(whole.received);

  const second = new Alpha(['collect'], { folder, env: settings });
  await underLoad(env, 1_000);
  await server.kill();
  await second.line('The bus does not answer; events are kept on disk until it does.');
  await underLoad(env, 1_000);
  const spooling = await stop(second);
  expect(spooling.spooled).toBeGreaterThan(0);
  expect(spooling.dropped).toBe(0);

  await server.start();
  const third = new Alpha(['collect'], { folder, env: settings });
  await underLoad(env, 1_000);
  const last = await stop(third);
  expect(last).toMatchObject({ spooled: 0, dropped: 0 });
  expect(await onRedis()).toBe(whole.received + spooling.received + last.received);
  expect(await statsOf(env)).toMatchObject({ closed: { clean: 3, cut: 0 }, subscriptions: 0 });
}, 90_000);

it('is told to stop while trades wait for a backfill: the next start has them and what they wait for, in order', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder, ['--hold', '3']);
  const settings = { ...env, SYMBOLS: 'BTC_JPY' };
  const fault = async (body: unknown) => {
    await fetch(`${env.REST_BASE_URL}/sim/faults`, { method: 'POST', body: JSON.stringify(body) });
  };
  const first = new Alpha(['collect'], { folder, env: settings });
  await underLoad(env, 200);
  await fault({ kind: 'rest_hung', on: { path: '/public/v1/trades' } });
  await fault({ kind: 'cut' });
  await first.line('feed stale');
  const before = sum((await statsOf(env)).frames.trades);
  await expect
    .poll(async () => sum((await statsOf(env)).frames.trades), { timeout: 30_000, interval: 20 })
    .toBeGreaterThan(before + 60);
  await stop(first);
  const { trades } = await first.line(
    'Live trades that wait for a backfill are left to the next start, which reads both.',
  );
  expect(trades).toBeGreaterThan(40);
  expect(await statsOf(env)).toMatchObject({ closed: { clean: 1, cut: 1 }, subscriptions: 0 });

  await fetch(`${env.REST_BASE_URL}/sim/faults`, { method: 'DELETE' });
  const second = new Alpha(['collect'], { folder, env: settings });
  await second.line('feed resynced');
  await underLoad(env, 200);
  await stop(second);
  const events = await eventsOn(await embedded(folder));
  countMarketEvents(events);
  expect(
    events.filter(
      ({ type, ...event }) => type === 'status' && JSON.stringify(event).includes('"gap","channel":"trade"'),
    ),
  ).toEqual([]);
  const times = events.filter(({ type }) => type === 'trade').map(({ ts }) => ts);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times).toEqual((await timesOnTape()).slice(0, times.length));
}, 90_000);
