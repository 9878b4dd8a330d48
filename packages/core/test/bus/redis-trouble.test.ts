import { AlphaError, type AlphaEvent, type EventBus, Publisher } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';

const SERIES = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
const STATUS: AlphaEvent = { type: 'status', exchange: 'gmo', symbol: '*', ts: 1, data: { state: 'connected' } };

function trade(seq: number): AlphaEvent {
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: seq, seq, data: { price: 1, size: 1, side: 'buy' } };
}

function trades(from: number, count: number): AlphaEvent[] {
  return Array.from({ length: count }, (_, index) => trade(from + index));
}

async function seqs(bus: EventBus): Promise<unknown[]> {
  return (await bus.range('md:trade', null, 100_000)).map(({ event }) => event.seq);
}

describe('Redis in trouble', () => {
  let server: RedisServer;
  let admin: Redis;
  let proxy: TcpProxy;
  const opened: EventBus[] = [];

  const open = async (options: { port?: number; patienceMs?: number } = {}) => {
    const { port = server.port, ...rest } = options;
    const bus = await openRedisBus({ url: `redis://127.0.0.1:${port}`, ...rest });
    opened.push(bus);
    return bus;
  };
  const code = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (reason) => reason,
    );
    expect(AlphaError.is(error), String(error)).toBe(true);
    return error as AlphaError;
  };

  beforeAll(async () => {
    server = await startRedisServer();
    admin = new Redis(server.port, '127.0.0.1');
    proxy = await startTcpProxy(server.port);
  });
  beforeEach(async () => {
    await admin.flushall();
    await admin.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
  });
  afterEach(async () => {
    for (const bus of opened.splice(0)) await bus.close();
  });
  afterAll(async () => {
    admin.disconnect();
    await proxy.close();
    await server.stop();
  });

  it('keeps order and count while scripts are flushed under calls in flight', async () => {
    const bus = await open();
    const { writer } = await bus.claim([SERIES]);
    const calls: Promise<unknown>[] = [];
    for (let call = 0; call < 200; call++) {
      calls.push(bus.publish(writer, trades(call * 5 + 1, 5)));
      if (call % 20 === 10) await admin.script('FLUSH');
    }
    await Promise.all(calls);
    expect(await seqs(bus)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  });

  it('sends the source of a script that Redis does not know, though the calls behind it met a hole', async () => {
    const bus = await open();
    const { writer } = await bus.claim([SERIES]);
    await admin.script('FLUSH');
    await bus.publish(writer, trades(1, 5));
    // Without a `seq`, so that the call is not one of consecutive events only, and needs the other script.
    const status = { ...STATUS, ts: 6 };
    const calls = [bus.publish(writer, [status, ...trades(6, 5)])];
    for (let call = 2; call < 6; call++) calls.push(bus.publish(writer, trades(call * 5 + 1, 5)));
    await Promise.all(calls);
    expect(await seqs(bus)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  });

  it('takes a call of more events than the stack holds arguments', async () => {
    const bus = await open();
    const { writer } = await bus.claim([SERIES]);
    expect(await bus.publish(writer, trades(1, 150_000))).toEqual({ appended: 150_000, skipped: 0 });
  });

  it('resends in order what was cut off after Redis did it, and doubles nothing', async () => {
    const bus = await open({ port: proxy.port });
    const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'] });
    const { writer } = await bus.claim([SERIES]);
    const read: unknown[] = [];
    const calls: Promise<unknown>[] = [];
    for (let round = 0; round < 5; round++) {
      proxy.swallow();
      const from = round * 100;
      for (let call = 0; call < 10; call++) calls.push(bus.publish(writer, trades(from + call * 10 + 1, 10)));
      // Only when Redis has done some of it and nobody was told.
      await expect.poll(() => admin.xlen('md:trade')).toBeGreaterThan(from);
      proxy.cut();
      while (read.length < from + 100) {
        const { deliveries } = await reader.read({ waitMs: 5000 });
        read.push(...deliveries.map(({ event }) => event.seq));
        if (deliveries.length > 0) await reader.ack('md:trade', [deliveries.at(-1)!.id]);
      }
    }
    const results = (await Promise.all(calls)) as { appended: number; skipped: number }[];
    expect(results.some(({ skipped }) => skipped > 0)).toBe(true);
    expect(read).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    expect(await seqs(bus)).toEqual(read);
  });

  it('a shared reader gets what was handed to it while the connection was cut', async () => {
    const bus = await open({ port: proxy.port });
    const direct = await open();
    const reader = await bus.subscribe({ group: 'g', consumer: 'a', streams: ['md:trade'], mode: 'shared' });
    await reader.read({ waitMs: 0 });
    await direct.publish(null, [{ ...trade(1), seq: undefined } as unknown as AlphaEvent]);
    proxy.swallow();
    const lost = reader.read({ waitMs: 200 });
    await expect.poll(async () => (await direct.lag('g'))[0]?.pending).toBe(1);
    proxy.cut();
    let got = (await lost).deliveries.length;
    while (got === 0) got = (await reader.read({ waitMs: 1000 })).deliveries.length;
    expect(got).toBe(1);
  });

  it('waits while Redis has no memory, and says so after its patience', async () => {
    const bus = await open();
    const { writer } = await bus.claim([SERIES]);
    await admin.config('SET', 'maxmemory', '1');
    const waiting = bus.publish(writer, trades(1, 10));
    const impatient = await openRedisBus({ url: server.url }).catch((error) => error);
    expect(impatient).toMatchObject({ code: 'BUS_UNUSABLE' });
    await admin.config('SET', 'maxmemory', '0');
    expect(await waiting).toEqual({ appended: 10, skipped: 0 });

    const short = await open({ patienceMs: 50 });
    await admin.config('SET', 'maxmemory', '1');
    const error = await code(short.publish(writer, trades(11, 1)));
    expect(error).toMatchObject({ code: 'BUS_FULL', retryable: true });
    await admin.config('SET', 'maxmemory', '0');
    expect(await short.publish(writer, trades(11, 1))).toEqual({ appended: 1, skipped: 0 });
  });

  it('heals a publisher when Redis came back without its last moments', async () => {
    const bus = await open();
    const publisher = await Publisher.open(bus, [SERIES]);
    await publisher.publish(trades(1, 50).map(({ seq: _, ...event }) => event as AlphaEvent));
    // What a restart with `everysec` may do: the last entries and the count of them are gone.
    await admin.xtrim('md:trade', 'MAXLEN', 0);
    const [head] = await Promise.all([admin.hgetall('{md:trade}:book')]);
    const [field, value] = Object.entries(head)[0]!;
    await admin.hset('{md:trade}:book', field, `${value.split(' ')[0]} 20`);
    await publisher.publish(trades(51, 1).map(({ seq: _, ...event }) => event as AlphaEvent));
    expect(await seqs(bus)).toEqual(Array.from({ length: 31 }, (_, index) => index + 21));

    // Even the claim may be gone.
    await admin.del('md:trade', '{md:trade}:book');
    await publisher.publish(trades(52, 1).map(({ seq: _, ...event }) => event as AlphaEvent));
    expect(await seqs(bus)).toEqual(Array.from({ length: 52 }, (_, index) => index + 1));
    await publisher.close();
  });

  it.each([
    ['a wrong URL', 'redis//x', 'CONFIG_INVALID', 'redis+cluster://'],
    ['several hosts without a kind', 'redis://:open-sesame@a,b', 'CONFIG_INVALID', 'several hosts'],
    ['nobody there', 'redis://:open-sesame@127.0.0.1:1', 'BUS_UNAVAILABLE', 'check that it runs'],
  ])('names %s', async (_, url, expected, says) => {
    const error = await code(openRedisBus({ url, openPatienceMs: 200 }));
    expect(error.code).toBe(expected);
    expect(error.message).toContain(says);
    expect(JSON.stringify([error.message, error.context])).not.toContain('open-sesame');
  });

  it('names what makes a Redis unfit', async () => {
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect((await code(open())).message).toContain('noeviction');
    await admin.config('SET', 'maxmemory-policy', 'noeviction', 'maxmemory', '10000000');
    expect((await code(open())).message).toContain('maxmemory 10000000');
    await admin.config('SET', 'maxmemory', '0');
    await admin.set('md:trade', 'mine');
    expect((await code(open())).message).toContain('md:trade of type string');
    await admin.del('md:trade');
    const bus = await open();
    await admin.set('signal:gmo', 'mine');
    const signal = {
      type: 'signal',
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      ts: 1,
      strategy: 's',
      action: 'hold',
    } as const;
    const error = await code(bus.publish(null, [{ ...signal, confidence: 1, price_ref: 1, meta: {} }]));
    expect(error).toMatchObject({ code: 'BUS_UNUSABLE', retryable: false });
  });

  it('names a wrong password at once and repeats it nowhere', async () => {
    await using locked = await startRedisServer({ password: 'swordfish' });
    const said: unknown[] = [];
    const log = (fields: unknown, message: string) => said.push([fields, message]);
    const logger = { debug: log, info: log, warn: log, error: log, child: () => logger };
    for (const login of ['', ':open-sesame@']) {
      const error = await code(openRedisBus({ url: `redis://${login}127.0.0.1:${locked.port}`, logger }));
      expect(error.code).toBe('BUS_UNUSABLE');
      expect(error.message).toContain('password');
      expect(JSON.stringify([error.message, error.context, said])).not.toMatch(/open-sesame|swordfish/);
    }
    await (await openRedisBus({ url: locked.url })).close();
  });
});
