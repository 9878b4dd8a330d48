import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, startRedisServer } from '@alpha-engine/core/testing';
import { Redis } from 'ioredis';
import type { BenchRow } from './bench-row.js';
import { startBareLoop } from './collector/bare-loop.js';
import { runOwnCollector } from './collector/own-collector.js';
import { startPlainCollector } from './collector/plain-collector.js';
import { median } from './median.js';
import { withExchange } from './receive/with-exchange.js';

const STREAM = 'md:trade';
const ROUNDS = 5;
/** A multiple of the frames that are made. */
const TRADES = 256 * 800;
const BAR = 3;
const STEADY_RATE = 5000;
const STEADY_TRADES = 2 * STEADY_RATE;
const LATENCY_BAR_MS = 5;
const LOOK_MS = 20;
const PATIENCE_MS = 30_000;

interface Places {
  readonly port: number;
  readonly redis: RedisServer;
}

/** Collects the only symbol of an exchange into `STREAM` until the signal aborts. */
type Collector = (places: Places, signal: AbortSignal) => Promise<void>;

/** What Redis has afterwards: the ids of its entries tell when each was there, to the millisecond. */
interface Outcome {
  readonly perSecond: number;
  /** Of this process, microseconds an event. */
  readonly cpuUs: number;
}

/** The whole collector, socket → Redis, beside one that sends a plain XADD for each message. */
export async function run(): Promise<BenchRow[]> {
  await using redis = await startRedisServer();
  return [await throughput(redis), await latency(redis)];
}

async function throughput(redis: RedisServer): Promise<BenchRow> {
  const own: Outcome[] = [];
  const plain: Outcome[] = [];
  const bare: Outcome[] = [];
  await withExchange([TRADES], async (port) => {
    for (let round = 0; round <= ROUNDS; round++) {
      const reference = await collect(plainCollector, { port, redis }, TRADES);
      const ours = await collect(ownCollector, { port, redis }, TRADES);
      const least = await collect(bareLoop, { port, redis }, TRADES);
      // The first round compiles; it is not counted.
      if (round === 0) continue;
      plain.push(reference);
      own.push(ours);
      bare.push(least);
    }
  });
  const ratio = median(own.map(({ perSecond }, round) => perSecond / plain[round]!.perSecond));
  const cpu = (outcomes: Outcome[]) => `${median(outcomes.map(({ cpuUs }) => cpuUs)).toPrecision(3)} µs`;
  return {
    name: 'collector, socket → Redis, end to end',
    reference: 'a collector that sends one plain XADD per message without waiting',
    value: Math.round(median(own.map(({ perSecond }) => perSecond))),
    ratio,
    bar: `≥ ${BAR}x`,
    met: ratio >= BAR,
    unit: 'trades/s',
    note: `${TRADES} trades sent as fast as they are taken; CPU of the collecting process ${cpu(own)} a trade, of the reference ${cpu(plain)}, of a bare ws → JSON → script loop ${cpu(bare)}`,
  };
}

async function latency(redis: RedisServer): Promise<BenchRow> {
  const p99s: number[] = [];
  const p50s: number[] = [];
  await withExchange([STEADY_TRADES, STEADY_RATE], async (port) => {
    for (let round = 0; round <= ROUNDS; round++) {
      await collect(ownCollector, { port, redis }, STEADY_TRADES);
      if (round === 0) continue;
      const delays = await delaysMs(redis);
      p50s.push(delays[Math.floor(delays.length * 0.5)]!);
      p99s.push(delays[Math.floor(delays.length * 0.99)]!);
    }
  });
  const value = median(p99s);
  return {
    name: `collector, written to the socket → on Redis, ${STEADY_RATE} trades/s, p99`,
    reference: 'absolute',
    value,
    ratio: null,
    bar: `≤ ${LATENCY_BAR_MS} ms`,
    met: value <= LATENCY_BAR_MS,
    unit: 'ms',
    note: `median ${median(p50s).toPrecision(2)} ms; medians of ${ROUNDS} rounds; the ids of the entries, a millisecond fine, rounded up`,
  };
}

const plainCollector: Collector = async ({ port, redis }, signal) => {
  startPlainCollector({ url: `ws://127.0.0.1:${port}/ws/public/v1`, redisUrl: redis.url, stream: STREAM }, signal);
};

const bareLoop: Collector = async ({ port, redis }, signal) => {
  startBareLoop({ url: `ws://127.0.0.1:${port}/ws/public/v1`, redisUrl: redis.url, stream: STREAM }, signal);
};

const ownCollector: Collector = ({ port, redis }, signal) =>
  runOwnCollector({ port, redisUrl: redis.url, kind: 'trade', capacity: TRADES }, signal);

/** Lets one collector work until so many trades are there. */
async function collect(collector: Collector, places: Places, trades: number): Promise<Outcome> {
  const client = new Redis(places.redis.url);
  await client.flushall();
  const stop = new AbortController();
  const before = process.cpuUsage();
  const collecting = collector(places, stop.signal);
  const deadline = performance.now() + PATIENCE_MS;
  while ((await client.xlen(STREAM)) < trades && performance.now() < deadline) await delay(LOOK_MS);
  const { user, system } = process.cpuUsage(before);
  stop.abort();
  await collecting;
  const [first] = await client.xrange(STREAM, '-', '+', 'COUNT', 1);
  const [last] = await client.xrevrange(STREAM, '+', '-', 'COUNT', 1);
  const length = await client.xlen(STREAM);
  client.disconnect();
  if (length !== trades) throw new Error(`${length} trades on the bus, ${trades} sent.`);
  return { perSecond: ((trades - 1) / (msOf(last![0]) - msOf(first![0]))) * 1000, cpuUs: (user + system) / trades };
}

/** From the call that wrote a trade to the socket to its entry, sorted. */
async function delaysMs(redis: RedisServer): Promise<number[]> {
  const client = new Redis(redis.url);
  const entries = await client.xrange(STREAM, '-', '+');
  client.disconnect();
  return entries.map(([id, [, text]]) => msOf(id) + 1 - JSON.parse(text!).data.price / 1000).sort((a, b) => a - b);
}

const msOf = (id: string): number => Number(id.slice(0, id.indexOf('-')));
