import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { ERROR_CODES, type ErrorCode } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const PASSWORD = 'a-password-that-is-secret';
const COMMANDS = [['collect'], ['engine', '--strategy', 'ma-cross'], ['archive']];

describe('a Redis that cannot be the bus', () => {
  let server: RedisServer;
  let admin: Redis;
  let folder: string;
  let exchange: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await startRedisServer({ password: PASSWORD });
    admin = new Redis(server.url);
  });
  beforeEach(async () => {
    folder = await tempFolder();
    await admin.flushall();
    await admin.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
    exchange = {};
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });

  /** The command ends by itself with the code's status, one line on stderr and no secret. */
  async function failing(code: ErrorCode, args: readonly string[], url = server.url, more = {}): Promise<string> {
    const env = { ...exchange, REDIS_URL: url, ...more };
    const { exit, stderr } = await runAlpha([...args, '--json'], { folder, env });
    const lines = stderr.trim().split('\n');
    expect(lines, stderr).toHaveLength(1);
    const { error } = JSON.parse(lines[0]!) as { error: { code: string; message: string } };
    expect([error.code, exit], stderr).toEqual([code, ERROR_CODES[code].exit]);
    expect(stderr).not.toContain('is-secret');
    return error.message;
  }

  it.each(COMMANDS)('is told to alpha %s when the password is wrong', async (...args) => {
    const url = server.url.replace(PASSWORD, 'another-that-is-secret');
    expect(await failing('BUS_UNUSABLE', args, url)).toContain('refused the user or password');
  });

  it('is named when it evicts, has too little memory, or holds other types, with a suffix of a symbol too', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    expect(await failing('BUS_UNUSABLE', ['collect'])).toContain('set it to noeviction');
    await admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '20000000');
    expect(await failing('BUS_UNUSABLE', ['collect'])).toContain('maxmemory 20000000 bytes');
    await admin.config('SET', 'maxmemory', '0');
    for (const key of ['md:trade', 'md:trade:gmo:BTC']) {
      await admin.hset(key, 'mine', '1');
      const message = await failing('BUS_UNUSABLE', ['collect'], server.url, { ALPHA_PARTITION: 'symbol' });
      expect(message).toContain(`a key ${key} of type hash`);
      await admin.del(key);
    }
  });

  it('is named when it is too old to have what the bus needs', async () => {
    // Redis 4 had no streams; all that is asked of it before it is refused is what it is.
    const old = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (data) => {
        const text = 'redis_version:4.0.14\r\nloading:0\r\n';
        for (const [word] of String(data).matchAll(/info|client/gi)) {
          socket.write(word === 'info' ? `$${text.length}\r\n${text}\r\n` : "-ERR unknown subcommand 'SETINFO'\r\n");
        }
      });
    });
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    const { port } = old.address() as AddressInfo;
    try {
      expect(await failing('BUS_UNUSABLE', ['collect'], `redis://127.0.0.1:${port}`)).toContain(
        'is version 4.0.14; the bus needs version 7',
      );
    } finally {
      old.close();
    }
  });

  it('is named when it is no Redis at all', async () => {
    const http = createHttp((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    try {
      const message = await failing('BUS_UNUSABLE', ['collect'], `redis://127.0.0.1:${port}`);
      expect(message).toContain('does not speak the protocol of Redis');
    } finally {
      http.closeAllConnections();
      http.close();
    }
  });

  it('ends an engine that meets another type on its way, in one sentence', async () => {
    const { env } = await startSimulator(folder, ['--hold', '1']);
    exchange = env;
    await admin.set('signal:gmo', 'mine');
    const message = await failing('BUS_UNUSABLE', ['engine', '--strategy', 'ma-cross']);
    expect(message).toContain('the name of one of our streams and another type');
  });
});

it('archives past entries on Redis that nobody can read, and leaves them with their reason', async () => {
  await using server = await startRedisServer();
  const folder = await tempFolder();
  const admin = new Redis(server.port, '127.0.0.1');
  const data = { price: 1, size: 1, side: 'buy' };
  const trade = { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1_732_312_345_000, data };
  await admin.xadd('md:trade', '*', 'e', 'not JSON');
  for (const seq of [1, 2, 3]) await admin.xadd('md:trade', '*', 'e', JSON.stringify({ ...trade, seq }));
  await admin.xadd('md:trade', '*', 'temperature', '21.5');
  await admin.xadd('md:trade', '*', 'e', JSON.stringify({ ...trade, seq: 4, v: 2 }));

  const env = { REDIS_URL: server.url };
  const archiver = new Alpha(['archive', '--json'], { folder, env });
  await archiver.line('archiver started');
  const bus = await openRedisBus({ url: server.url });
  await expect.poll(async () => (await bus.lag('archive-files'))[0]?.lag, { timeout: 15_000 }).toBe(0);
  const ended = await archiver.end('SIGTERM');
  expect(ended.exit, ended.stderr).toBe(0);
  expect(await archiver.line('archiver stopped')).toMatchObject({ read: 3, archived: 3 });
  const letters = await bus.deadLetters('md:trade', null, 9);
  expect(letters.map(({ group, reason }) => [group, reason])).toEqual([
    ['archive-files', expect.stringContaining('not JSON')],
    ['archive-files', expect.stringContaining('Its type is undefined')],
    ['archive-files', expect.stringContaining('schema version is 2')],
  ]);
  await bus.close();
  admin.disconnect();
});
