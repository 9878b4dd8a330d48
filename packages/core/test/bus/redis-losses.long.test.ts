import { setTimeout as delay } from 'node:timers/promises';
import { type AlphaEvent, Publisher } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import { afterAll, expect, it } from 'vitest';
import { startTcpProxy } from './support/tcp-proxy.js';

const ROUNDS = Number(process.env.ALPHA_ROUNDS ?? 20);
const LOAD_MS = 500;
const CALLS = 4;
const EVENTS = 10;
const SERIES = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;

interface Counts {
  acknowledged: number;
  /** Acknowledged, and not on the server that came after. */
  missing: number;
  /** Rounds in which something was missing. */
  rounds: number;
  /** Missing still when the publisher had spoken to that server. */
  lost: number;
}

interface Setup {
  readonly port: number;
  /** Kills the server at once and answers the port of the one that comes after. */
  replace(): Promise<number>;
  stop(): Promise<void>;
}

const table: string[] = [];
afterAll(() => {
  const head = ['setting', 'rounds', 'acknowledged', 'rounds with a loss', 'missing', 'sent again', 'lost'];
  console.log([`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...table].join('\n'));
});

it.each(['always', 'everysec', 'no'])(
  'kill -9 of redis-server under load, appendfsync %s',
  { timeout: 600_000 },
  (policy) =>
    measure(`appendfsync ${policy}, process killed`, async () => {
      const server = await startRedisServer({ args: ['--appendonly', 'yes', '--appendfsync', policy] });
      const replace = async () => {
        await server.kill();
        await server.start();
        return server.port;
      };
      return { port: server.port, replace, stop: () => server.stop() };
    }),
);

it('kill -9 of redis-server under load, nothing on disk', { timeout: 600_000 }, () =>
  measure('appendonly no, process killed', async () => {
    const server = await startRedisServer();
    const replace = async () => {
      await server.kill();
      await server.start();
      return server.port;
    };
    return { port: server.port, replace, stop: () => server.stop() };
  }),
);

it.each([0, 200])(
  'kill -9 of the master, its replica is %i ms behind and takes over',
  { timeout: 600_000 },
  (behindMs) =>
    measure(`a replica that is ${behindMs} ms behind takes over`, async () => {
      const master = await startRedisServer({ args: ['--repl-diskless-sync-delay', '0'] });
      const between = await startTcpProxy(master.port);
      const replica = await startRedisServer({ args: ['--replicaof', `127.0.0.1 ${between.port}`] });
      await says(master, 'replication', 'state=online');
      const replace = async () => {
        if (behindMs > 0) between.swallow();
        await delay(behindMs);
        await master.kill();
        await ask(replica, (client) => client.call('REPLICAOF', 'NO', 'ONE'));
        return replica.port;
      };
      const stop = async () => {
        await between.close();
        await master.stop();
        await replica.stop();
      };
      return { port: master.port, replace, stop };
    }),
);

async function measure(name: string, setUp: () => Promise<Setup>): Promise<void> {
  const counts: Counts = { acknowledged: 0, missing: 0, rounds: 0, lost: 0 };
  for (let round = 0; round < ROUNDS; round++) await oneRound(await setUp(), counts);
  const { acknowledged, missing, rounds, lost } = counts;
  table.push(`| ${[name, ROUNDS, acknowledged, rounds, missing, missing - lost, lost].join(' | ')} |`);
  expect(lost, 'the publisher lives and sends again what is missing').toBe(0);
}

async function oneRound(setup: Setup, counts: Counts): Promise<void> {
  const proxy = await startTcpProxy(setup.port);
  const bus = await openRedisBus({ url: `redis://127.0.0.1:${proxy.port}` });
  const publisher = await Publisher.open(bus, [SERIES]);
  let published = 0;
  let acknowledged = 0;
  let stopping = false;
  const line = async () => {
    while (!stopping) {
      const events = Array.from({ length: EVENTS }, () => trade(++published));
      const last = published;
      await publisher.publish(events);
      acknowledged = Math.max(acknowledged, last);
      await delay(1);
    }
  };
  const lines = Array.from({ length: CALLS }, line);
  await delay(LOAD_MS);
  // Nobody reaches the next server before it was looked at.
  proxy.lead(null);
  const port = await setup.replace();
  proxy.cut();
  const promised = acknowledged;
  stopping = true;
  const missing = Math.max(0, promised - (await lastOn(port)));
  proxy.lead(port);
  await Promise.all(lines);
  await publisher.publish([trade(++published)]);
  counts.acknowledged += promised;
  counts.missing += missing;
  counts.rounds += missing > 0 ? 1 : 0;
  counts.lost += published - (await lengthOn(port));
  await publisher.close();
  await bus.close();
  await proxy.close();
  await setup.stop();
}

function trade(n: number): AlphaEvent {
  const data = { price: n, size: 0.01, side: 'buy' } as const;
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1_732_312_345_000 + n, data };
}

async function ask<T>(server: { readonly port: number }, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(server.port, '127.0.0.1');
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Waits until a section of INFO contains the words. */
async function says(server: RedisServer, section: string, words: string): Promise<void> {
  await ask(server, async (client) => {
    while (!(await client.info(section)).includes(words)) await delay(20);
  });
}

async function lastOn(port: number): Promise<number> {
  const [last] = await ask({ port }, (client) => client.xrevrange('md:trade', '+', '-', 'COUNT', 1));
  return last === undefined ? 0 : (JSON.parse(last[1][1]!) as { seq: number }).seq;
}

function lengthOn(port: number): Promise<number> {
  return ask({ port }, (client) => client.xlen('md:trade'));
}
