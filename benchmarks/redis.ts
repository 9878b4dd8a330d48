import { type EventBus, encodeEvent, seriesOf, type TradeEvent } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import type { BenchRow } from './bench-row.js';
import { toReader } from './bus/latency.js';
import { trade, trades } from './bus/trades.js';
import { median } from './median.js';
import { redisBenchmark } from './redis/redis-benchmark.js';

const BATCH = 64;
const BATCHES = 2000;
const COUNT = BATCH * BATCHES;
const SINGLES = 20_000;
const IN_FLIGHT = 4;
const ROUNDS = 3;
const READ_LIMIT = 100;

/** The bus on Redis beside what comes with Redis, and beside the same client used by hand. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  await using server = await startRedisServer();
  rows.push(...(await throughput(server)));
  for (const [rate, bar] of [
    [10_000, 15],
    [50_000, 20],
  ] as const) {
    rows.push(...(await latency(rate, bar)));
  }
  return rows;
}

async function throughput(server: RedisServer): Promise<BenchRow[]> {
  const client = new Redis(server.port, '127.0.0.1');
  const text = encodeEvent(trade(1, 6_123_456));
  const rates: Record<string, number[]> = {};
  const note = (name: string, count: number, seconds: number) => {
    rates[name] ??= [];
    rates[name].push(count / seconds);
  };
  for (let round = 0; round <= ROUNDS; round++) {
    await client.flushall();
    const xadd = ['XADD', 'bench', '*', 'e', text];
    const reference = await redisBenchmark(server.port, { pipeline: 64, requests: 200_000, command: xadd });
    await client.flushall();
    const bus = await openRedisBus({ url: server.url });
    const published = await publishBatches(bus);
    const consumed = await consume(bus);
    const bare = await bareLoop(client);
    const single = await singles(bus);
    const plain = await plainSingles(client, text);
    await bus.close();
    // The first round compiles; it is not counted.
    if (round === 0) continue;
    rates.xadd = [...(rates.xadd ?? []), reference];
    note('published', COUNT, published);
    note('consumed', COUNT, consumed);
    note('bare', COUNT, bare);
    note('single', SINGLES, single);
    note('plain', SINGLES, plain);
  }
  client.disconnect();
  return [
    row(
      'redis bus: publish in batches',
      'redis-benchmark -c 1 -P 64 XADD',
      rates.published!,
      rates.xadd!,
      0.7,
      `${IN_FLIGHT} calls of ${BATCH} events in flight; ours encodes, and keeps writer and seq`,
    ),
    row(
      'redis bus: publish one at a time',
      'plain client XADD',
      rates.single!,
      rates.plain!,
      0.85,
      'each waits for its answer; ours encodes, and keeps writer and seq',
    ),
    row(
      'redis bus: consume, decode and acknowledge',
      'bare XREADGROUP + JSON.parse + XACK on the same client',
      rates.consumed!,
      rates.bare!,
      0.9,
      `batches of ${READ_LIMIT}`,
    ),
  ];
}

function row(name: string, reference: string, own: number[], other: number[], bar: number, note: string): BenchRow {
  const ratio = median(own.map((rate, index) => rate / other[index]!));
  return { name, reference, value: median(own), ratio, bar: `≥ ${bar}x`, met: ratio >= bar, unit: 'events/s', note };
}

async function publishBatches(bus: EventBus): Promise<number> {
  const { writer } = await bus.claim([seriesOf(trade(1, 1))]);
  const batches: TradeEvent[][] = Array.from({ length: BATCHES }, (_, index) => trades(index * BATCH + 1, BATCH));
  return timed(async () => {
    const flying = new Set<Promise<unknown>>();
    for (const batch of batches) {
      const call: Promise<unknown> = bus.publish(writer, batch).finally(() => flying.delete(call));
      flying.add(call);
      if (flying.size >= IN_FLIGHT) await Promise.race(flying);
    }
    await Promise.all(flying);
  });
}

async function consume(bus: EventBus): Promise<number> {
  const reader = await bus.subscribe({ group: 'ours', consumer: 'a', streams: ['md:trade'] });
  await reader.read({ waitMs: 0, limit: 1 });
  return timed(async () => {
    let read = 1;
    for (;;) {
      const { deliveries, drained } = await reader.read({ limit: READ_LIMIT, waitMs: 0 });
      read += deliveries.length;
      const end = deliveries.at(-1);
      if (end) await reader.ack('md:trade', [end.id]);
      if (drained) break;
    }
    if (read !== COUNT) throw new Error(`${read} events consumed.`);
  });
}

async function bareLoop(client: Redis): Promise<number> {
  await client.xgroup('CREATE', 'md:trade', 'bare', '0');
  return timed(async () => {
    let read = 0;
    for (;;) {
      const reply = (await client.xreadgroup(
        ...(['GROUP', 'bare', 'a', 'COUNT', READ_LIMIT, 'STREAMS', 'md:trade', '>'] as const),
      )) as [string, [string, string[]][]][] | null;
      if (reply === null) break;
      const entries = reply[0]![1];
      for (const [, fields] of entries) if (JSON.parse(fields[1]!).type === 'trade') read += 1;
      await client.xack('md:trade', 'bare', ...entries.map(([id]) => id));
    }
    if (read !== COUNT) throw new Error(`${read} entries read.`);
  });
}

async function singles(bus: EventBus): Promise<number> {
  const series = { ...seriesOf(trade(1, 1)), symbol: 'ETH_JPY' };
  const { writer } = await bus.claim([series]);
  return timed(async () => {
    for (let seq = 1; seq <= SINGLES; seq++) await bus.publish(writer, [{ ...trade(seq, 1), symbol: 'ETH_JPY' }]);
  });
}

function plainSingles(client: Redis, text: string): Promise<number> {
  return timed(async () => {
    for (let at = 0; at < SINGLES; at++) await client.xadd('plain', '*', 'e', text);
  });
}

async function latency(rate: number, bar: number): Promise<BenchRow[]> {
  const p50s: number[] = [];
  const p99s: number[] = [];
  const pings: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using server = await startRedisServer();
    pings.push(await pingMs(server.port));
    const bus = await openRedisBus({ url: server.url });
    const { writer } = await bus.claim([seriesOf(trade(1, 1))]);
    const send = (from: number, count: number, sentUs: number) => bus.publish(writer, trades(from, count, sentUs));
    const { p50, p99 } = await toReader('../redis/reader.js', server.url, send, rate);
    p50s.push(p50);
    p99s.push(p99);
    await bus.close();
  }
  const ping = median(pings);
  const ratio = median(p50s.map((p50, round) => p50 / pings[round]!));
  const name = `redis bus: latency between two processes, ${rate} events/s`;
  const reference = `PING p50 ${ping.toPrecision(2)} ms`;
  const note = 'publish called → delivered by read; none lost';
  const rows: BenchRow[] = [
    {
      name: `${name}, p50`,
      reference,
      value: median(p50s),
      ratio,
      bar: `≤ ${bar}x`,
      met: ratio <= bar,
      unit: 'ms',
      note,
    },
  ];
  if (rate !== 10_000) return rows;
  const p99 = median(p99s);
  rows.push({
    name: `${name}, p99`,
    reference: 'none',
    value: p99,
    ratio: null,
    bar: '≤ 2.5 ms',
    met: p99 <= 2.5,
    unit: 'ms',
    note,
  });
  return rows;
}

/** The median of a round trip, milliseconds. */
async function pingMs(port: number): Promise<number> {
  const client = new Redis(port, '127.0.0.1');
  const times: number[] = [];
  for (let at = 0; at < 3000; at++) {
    const start = performance.now();
    await client.ping();
    times.push(performance.now() - start);
  }
  client.disconnect();
  return median(times.slice(1000));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
