import { connect } from 'node:net';
import type { EventBus } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startLoad } from './support/load.js';

const SILENCE_MS = 400;
const opened: EventBus[] = [];
const admins: Redis[] = [];
let url = '';

async function open(): Promise<EventBus> {
  const bus = await openRedisBus({ url, silenceMs: SILENCE_MS });
  opened.push(bus);
  return bus;
}

/** A server of the test's own and a connection beside the bus. */
async function start(args: readonly string[] = []) {
  const server = await startRedisServer({ args });
  url = server.url;
  const admin = new Redis(server.port, '127.0.0.1');
  admin.on('error', () => {});
  admins.push(admin);
  return { server, admin };
}

beforeEach(() => {
  url = '';
});
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
  for (const admin of admins.splice(0)) admin.disconnect();
});

it('goes on when every connection is killed again and again', async () => {
  const { server, admin } = await start();
  await using _ = server;
  const load = await startLoad(open);
  for (let round = 0; round < 10; round++) {
    await load.more(200);
    expect(await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes')).toBeGreaterThan(2);
  }
  await load.more(200);
  await load.end();
});

it('forgets no order and repeats nothing while scripts are flushed', async () => {
  const { server, admin } = await start();
  await using _ = server;
  const load = await startLoad(open);
  for (let round = 0; round < 20; round++) {
    await load.more(50);
    await admin.script('FLUSH');
  }
  await load.more(50);
  await load.end();
});

it('times out on a Redis that hangs, and sends again without doubling when it wakes', async () => {
  const { server, admin } = await start();
  await using _ = server;
  const load = await startLoad(open);
  for (let round = 0; round < 2; round++) {
    await load.more(200);
    const before = Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))![1]);
    process.kill(server.pid, 'SIGSTOP');
    // The kernel takes connections for the stopped process: one attempt after the other hears nothing.
    const until = performance.now() + 4 * SILENCE_MS;
    await expect.poll(() => performance.now() > until, { timeout: 10 * SILENCE_MS }).toBe(true);
    process.kill(server.pid, 'SIGCONT');
    await load.more(200);
    const after = Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))![1]);
    expect(after).toBeGreaterThan(before);
  }
  await load.end();
});

it('waits for a Redis that ends up a replica, and for one that was promoted', async () => {
  const { server, admin } = await start();
  await using _ = server;
  const load = await startLoad(open);
  for (let round = 0; round < 2; round++) {
    await load.more(200);
    await admin.call('REPLICAOF', '127.0.0.1', '1');
    await expect(openRedisBus({ url, openPatienceMs: 100 })).rejects.toMatchObject({
      code: 'BUS_UNAVAILABLE',
      message: expect.stringContaining('is a replica'),
    });
    await expect.poll(async () => await admin.info('errorstats')).toContain('errorstat_READONLY');
    await admin.call('REPLICAOF', 'NO', 'ONE');
    await admin.config('RESETSTAT');
  }
  await load.more(200);
  await load.end();
});

it('waits while Redis loads its file after a kill', async () => {
  const slow = ['--key-load-delay', '1000', '--loading-process-events-interval-bytes', '1024'];
  const { server, admin } = await start(['--appendonly', 'yes', '--appendfsync', 'always', ...slow]);
  await using _ = server;
  const load = await startLoad(open);
  await load.more(1000);
  await server.kill();
  const starting = server.start();
  await expect.poll(() => ping(server.port), { timeout: 10_000 }).toContain('-LOADING');
  await starting;
  await load.more(200);
  await load.end();
  expect(await admin.ping()).toBe('PONG');
});

it('stops at full memory without an error, readers go on and may start, and continues when there is room', async () => {
  const { server, admin } = await start();
  await using _ = server;
  const load = await startLoad(open);
  await load.more(500);
  const late = await open();
  await admin.config('SET', 'maxmemory', '1');
  await expect.poll(async () => await admin.info('errorstats')).toContain('errorstat_OOM');
  const stood = load.acknowledged;
  // What makes room is reading, acknowledging and trimming: all of it goes on.
  const reader = await late.subscribe({ group: 'late', consumer: 'a', streams: ['md:trade'] });
  await late.claim([{ stream: 'md:ticker', exchange: 'gmo', symbol: 'BTC_JPY', type: 'ticker' }]);
  const { deliveries } = await reader.read({ limit: 100 });
  expect(deliveries).toHaveLength(100);
  await reader.ack('md:trade', [deliveries.at(-1)!.id]);
  await reader.seek('md:trade', null);
  const helper = await late.subscribe({ group: 'many', consumer: 'a', streams: ['md:trade'], mode: 'shared' });
  const shared = (await helper.read({ limit: 100 })).deliveries;
  await helper.ack(
    'md:trade',
    shared.map(({ id }) => id),
  );
  expect(shared).toHaveLength(100);
  for (const group of ['late', 'many']) await late.dropGroup(group);
  expect(load.acknowledged - stood).toBeLessThan(200);
  await admin.config('SET', 'maxmemory', '0');
  await load.more(500);
  await load.end();
});

it('puts everything back when a server came back with nothing, and readers go on', async () => {
  const { server, admin } = await start();
  await using _ = server;
  const load = await startLoad(open);
  for (let round = 0; round < 3; round++) {
    await load.more(200);
    // As a restart with `appendonly no`: entries, counts, claims and groups are gone.
    await admin.flushall();
  }
  await load.more(200);
  await load.end();
});

/** What the server says to one PING on a plain socket; empty when nobody answers. */
function ping(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let said = '';
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      said += data.toString();
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
  });
}
