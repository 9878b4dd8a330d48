import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { AlphaError, type AlphaEvent, type EventBus } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { freePort, type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Certificates, makeCertificates } from './support/certificates.js';
import { startLoad } from './support/load.js';
import { startTcpProxy } from './support/tcp-proxy.js';

const TRADE = { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1 } as const;
const opened: EventBus[] = [];

async function open(url: string): Promise<EventBus> {
  const bus = await openRedisBus({ url, openPatienceMs: 1000, patienceMs: 2000 });
  opened.push(bus);
  return bus;
}

async function refusal(url: string): Promise<AlphaError> {
  const error = await open(url).catch((reason) => reason);
  expect(AlphaError.is(error), String(error)).toBe(true);
  expect(JSON.stringify([error.message, error.context])).not.toContain('open-sesame');
  return error;
}

/** A server that ends every connection at its first word, as one does that expects another protocol. */
async function startMute() {
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close();
});

describe('over TLS', () => {
  let server: RedisServer;
  let tlsPort: number;
  let ours: Certificates;
  let theirs: Certificates;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    ours = await makeCertificates(folder.path, 'ours');
    theirs = await makeCertificates(folder.path, 'theirs');
    tlsPort = await freePort();
    const files = ['--tls-cert-file', ours.cert, '--tls-key-file', ours.key, '--tls-ca-cert-file', ours.ca];
    server = await startRedisServer({ args: ['--tls-port', String(tlsPort), ...files] });
  });
  afterAll(async () => {
    await server.stop();
    await folder[Symbol.asyncDispose]();
  });

  it('with a private authority and a certificate of our own, connections that are killed come back', async () => {
    const { ca, cert, key } = ours;
    const load = await startLoad(() => open(`rediss://127.0.0.1:${tlsPort}/?ca=${ca}&cert=${cert}&key=${key}`));
    const admin = new Redis(server.port, '127.0.0.1');
    for (let round = 0; round < 3; round++) {
      await load.more(200);
      await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    await load.more(200);
    await load.end();
    admin.disconnect();
  });

  it.each([
    ['an authority that is not the server’s', () => `rediss://127.0.0.1:${tlsPort}/?ca=${theirs.ca}`, '?ca='],
    ['no authority where one is needed', () => `rediss://127.0.0.1:${tlsPort}`, '?ca='],
    ['no certificate where the server wants one', () => `rediss://127.0.0.1:${tlsPort}/?ca=${ours.ca}`, '?cert='],
  ])('names %s', async (_, url, says) => {
    const error = await refusal(url());
    expect(error.code, error.message).toBe('BUS_UNUSABLE');
    expect(error.message).toContain(says);
  });

  it('says what to try where no Redis or one side speaks TLS, and names a file that is not there', async () => {
    await using mute = await startMute();
    const mixedUp = [`redis://:open-sesame@127.0.0.1:${tlsPort}`, `rediss://127.0.0.1:${server.port}`];
    for (const url of [...mixedUp, `redis://127.0.0.1:${mute.port}`]) {
      const error = await refusal(url);
      expect(error.code).toBe('BUS_UNAVAILABLE');
      expect(error.message).toContain('rediss:// where it speaks TLS');
      expect(error.message).toContain('something else than Redis listens there');
    }
    const absent = await refusal(`rediss://127.0.0.1:${tlsPort}/?ca=/nowhere/ca.pem`);
    expect(absent.code).toBe('CONFIG_INVALID');
    expect(absent.message).toContain('/nowhere/ca.pem');
  });
});

describe('as a user of its own', () => {
  let server: RedisServer;
  let admin: Redis;
  let rules: string[];

  beforeAll(async () => {
    server = await startRedisServer({ password: 'swordfish' });
    admin = new Redis(server.url);
    const page = await readFile(new URL('../../../../docs/redis.md', import.meta.url), 'utf8');
    const [, line] = /^ACL SETUSER alpha (.*)$/m.exec(page)!;
    rules = line!.replace('>the-password', '>open-sesame').split(' ');
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  const url = (password = 'open-sesame') => `redis://alpha:${password}@127.0.0.1:${server.port}`;
  const user = (...more: string[]) => admin.call('ACL', 'SETUSER', 'alpha', 'reset', ...rules, ...more);

  it('does all of it with the rights that the page on Redis names', async () => {
    await user();
    const load = await startLoad(() => open(url()));
    await load.more(100);
    await load.end();
    const bus = await open(url());
    const bad = { ...TRADE, data: { price: -1, size: 1, side: 'buy' } } as AlphaEvent;
    await bus.publish(null, [bad]);
    const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'], from: 'start' });
    for (let drained = false; !drained; ) ({ drained } = await reader.read({ waitMs: 0 }));
    const [letter] = await bus.deadLetters('md:trade', null, 1);
    expect(await bus.putBack('md:trade', [letter!.entry_id])).toBe(1);
    await reader.seek('md:trade', null);
    expect(await bus.lag('g')).toHaveLength(1);
    await bus.dropGroup('g');
    expect((await bus.streams()).length).toBeGreaterThan(0);
    for (const group of ['owner', 'shared']) await bus.dropGroup(group);
    expect(await bus.trim('md:trade', 10)).toBeGreaterThan(0);
    const kept = await openRedisBus({ url: url(), retention: { everyMs: 10 } });
    await kept.close();
  });

  it.each([
    ['may not append', ['-xadd']],
    ['may run no script', ['-@scripting']],
    ['may not see the streams', ['resetkeys', '~{*', '~signal:*']],
    ['may not keep the count', ['resetkeys', '~md:*']],
    ['may not look at the server', ['-info']],
  ])('names at the start a user that %s', async (_, less) => {
    await user(...less);
    const error = await refusal(url());
    expect(error.code, error.message).toBe('BUS_UNUSABLE');
    expect(error.message).toContain('docs/redis.md');
  });

  it('names a server that is no Cluster or no Sentinel', async () => {
    const cluster = await refusal(`redis+cluster://:swordfish@127.0.0.1:${server.port}`);
    expect(cluster.message).toContain('is no Cluster; write redis://');
    const sentinel = await refusal(`redis+sentinel://127.0.0.1:${server.port}/main?sentinelPassword=swordfish`);
    expect(sentinel.message).toContain('is no Sentinel');
    for (const error of [cluster, sentinel]) expect(error.code).toBe('BUS_UNUSABLE');
  });

  it('names a database number the server does not have, and never writes to another one instead', async () => {
    const few = await startRedisServer({ args: ['--databases', '2'] });
    const watcher = new Redis(few.port, '127.0.0.1');
    try {
      const error = await refusal(`redis://127.0.0.1:${few.port}/2`);
      expect(error.code, error.message).toBe('BUS_UNUSABLE');
      expect(error.message).toContain('has no database of that number');
      const bus = await open(`redis://127.0.0.1:${few.port}/1`);
      await bus.publish(null, [{ ...TRADE, data: { price: 1, size: 1, side: 'buy' } }]);
      expect(await watcher.dbsize()).toBe(0);
    } finally {
      watcher.disconnect();
      await few.stop();
    }
  });

  it('goes to no other database when the server comes back with fewer', async () => {
    await using two = await startRedisServer({ args: ['--databases', '2'] });
    await using one = await startRedisServer({ args: ['--databases', '1'] });
    const proxy = await startTcpProxy(two.port);
    const watcher = new Redis(one.port, '127.0.0.1');
    const event = { ...TRADE, data: { price: 1, size: 1, side: 'buy' } } as const;
    try {
      const bus = await open(`redis://127.0.0.1:${proxy.port}/1`);
      const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'], from: 'start' });
      await bus.publish(null, [event]);
      proxy.lead(one.port);
      proxy.cut();
      await expect(bus.publish(null, [event])).rejects.toMatchObject({ code: 'BUS_UNUSABLE' });
      await expect(reader.read({ waitMs: 500 })).rejects.toMatchObject({ code: 'BUS_UNUSABLE' });
      expect(await watcher.dbsize()).toBe(0);
      proxy.lead(two.port);
      proxy.cut();
      await expect.poll(() => bus.publish(null, [event]).then(() => 'taken', String)).toBe('taken');
    } finally {
      watcher.disconnect();
      await proxy.close();
    }
  });

  it('names a wrong password and a user that is switched off', async () => {
    await user();
    expect((await refusal(url('open-sesame2'))).message).toContain('user or password');
    await user('off');
    expect((await refusal(url())).message).toContain('user or password');
  });

  it('ends the publisher and the readers of a user that loses its rights', async () => {
    await user();
    const load = await startLoad(() => open(url()));
    await load.more(100);
    await user('-@stream', '-@scripting');
    await expect(load.more(1_000_000)).rejects.toMatchObject({ code: 'BUS_UNUSABLE' });
  });
});
