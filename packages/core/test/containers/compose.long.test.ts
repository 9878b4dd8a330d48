import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRedisBus } from '../../src/bus/redis/index.js';
import { seriesKey, seriesOf } from '../../src/bus/streams.js';
import { connectServerDatabase, createPostgresStore } from '../../src/store/postgres/index.js';
import { type Name, OURS, Running } from './support/running.js';

/** As in a .env: bars of a second on a market ten times as fast, so that a test of a minute sees orders. */
const ENV = {
  SYMBOLS: 'BTC_JPY',
  SIMULATOR_SPEED: '10',
  STRATEGY_NAME: 'ma-cross',
  ALPHA_STRATEGY_PARAMS: 'fast=3,slow=8',
  ALPHA_TIMEFRAME: '1s',
  ALPHA_MAX_SIGNAL_AGE_MS: '3600000',
  ALPHA_MAX_DATA_AGE_MS: '3600000',
};
const STARTED = {
  simulator: 'simulator ready',
  collector: 'collector started',
  strategy: 'engine started',
  execution: 'engine started',
  archiver: 'archiver started',
} as const;
const OPEN = ['PENDING', 'SUBMITTED', 'NEW', 'PARTIALLY_FILLED'] as const;
const MARKET = ['md:trade', 'md:orderbook', 'md:ticker'] as const;
const LOOK_EVERY_MS = 100;

let running: Running;

beforeAll(async () => {
  running = await Running.start(ENV);
  await running.up('simulator');
  await until('the simulator answers', async () => running.get('simulator').said(STARTED.simulator));
  // All at once and in no order: nobody may depend on who was first.
  await Promise.all(OURS.map((name) => running.up(name)));
  await until('all have started', async () => OURS.every((name) => running.get(name).said(STARTED[name])));
}, 60_000);

afterAll(() => running?.end());

test('collector, strategy, execution and archiver live through a kill -9 of each, of Redis and of PostgreSQL', {
  timeout: 280_000,
}, async () => {
  await flowing('from the start');
  for (const name of [...OURS, 'simulator'] as const) {
    expect(await running.health(name), `health of ${name}`).toBe(0);
  }

  for (const name of OURS) {
    const before = starts();
    await running.get(name).kill();
    await until(`${name} started again`, async () => running.get(name).said(STARTED[name]));
    await flowing(`after a kill of ${name}`);
    expect(starts(), `starts after a kill of ${name}`).toEqual({ ...before, [name]: before[name]! + 1 });
  }

  const before = starts();
  await running.redis.kill('SIGKILL');
  await running.redis.start();
  await flowing('after a kill of redis');
  await running.db.restart('kill');
  await flowing('after a kill of db');
  expect(starts()).toEqual(before);

  expect(await running.get('collector').stop()).toBe(0);
  await until('everything is read, judged and done', settled);
  for (const name of ['archiver', 'strategy', 'execution'] as const) {
    expect(await running.get(name).stop(), running.get(name).tail).toBe(0);
  }
  expect(running.get('strategy').last('engine stopped')).toMatchObject({ strategy: { gaps: 0 }, reconciled: null });
  expect(running.get('execution').last('engine stopped')).toMatchObject({
    strategy: null,
    reconciled: true,
    differences: [],
  });
  await expectComplete();
});

/** How often each process was started. */
function starts(): Record<string, number> {
  return Object.fromEntries(running.names.map((name: Name) => [name, running.get(name).starts]));
}

/** Until market data, bars, verdicts, fills and the archive have all moved on from where they are now. */
async function flowing(when: string): Promise<void> {
  const from = await progress();
  let now = from;
  await until(
    `data, bars, verdicts, fills and archive move on ${when}`,
    async () => {
      now = await progress();
      return Object.entries(now).every(([what, count]) => count > from[what as keyof typeof from]);
    },
    () => `${JSON.stringify(from)} → ${JSON.stringify(now)}`,
  );
}

async function progress() {
  const entries = await withBus(async (bus) => {
    const published = (await bus.streams()).filter(({ stream }) => (MARKET as readonly string[]).includes(stream));
    const total = published.reduce((sum, { length }) => sum + length, 0);
    const waiting = (await bus.lag())
      .filter(({ group, stream }) => group === 'archive-files' && (MARKET as readonly string[]).includes(stream))
      .reduce((sum, { lag, pending }) => sum + lag + pending, 0);
    return { published: total, archived: total - waiting };
  });
  const records = await withStore(async (store) => {
    const { bars, fills } = await store.counts();
    return { bars, fills, verdicts: (await store.verdicts()).length };
  });
  return { ...entries, ...records };
}

/** Every reader is at the end, every signal has its verdict, no order is open. */
async function settled(): Promise<boolean> {
  const behind = await withBus(async (bus) =>
    (await bus.lag()).reduce((sum, { lag, pending }) => sum + lag + pending, 0),
  );
  if (behind > 0) return false;
  return withStore(async (store) => {
    const { signals } = await store.counts();
    return (await store.verdicts()).length === signals && (await store.orders({ statuses: OPEN })).length === 0;
  });
}

/** The bus has every number of every series once; the strategy decided on each bar once. */
async function expectComplete(): Promise<void> {
  await withBus(async (bus) => {
    for (const stream of [...MARKET, 'md:status', 'signal:gmo', 'order:gmo']) {
      const counts = new Map<string, number>();
      for (const { event } of await bus.range(stream, null, 1_000_000)) {
        const key = seriesKey(seriesOf(event));
        expect(event.seq, key).toBe((counts.get(key) ?? 0) + 1);
        counts.set(key, event.seq ?? 0);
      }
      expect(counts.size, stream).toBeGreaterThan(0);
    }
  });
  await withStore(async (store) => {
    const signals = await store.signals();
    const verdicts = await store.verdicts();
    expect(new Set(signals.map(({ event }) => event.id)).size).toBe(signals.length);
    expect(verdicts.length).toBe(signals.length);
  });
}

async function withBus<Result>(
  work: (bus: Awaited<ReturnType<typeof openRedisBus>>) => Promise<Result>,
): Promise<Result> {
  const bus = await openRedisBus({ url: running.redis.url });
  try {
    return await work(bus);
  } finally {
    await bus.close();
  }
}

async function withStore<Result>(
  work: (store: ReturnType<typeof createPostgresStore>) => Promise<Result>,
): Promise<Result> {
  const { pool, close } = await connectServerDatabase({ url: running.databaseUrl });
  try {
    return await work(createPostgresStore(pool));
  } finally {
    await close();
  }
}

/** Tries once more what fails on the way: servers are being killed, and tables made. */
async function until(what: string, condition: () => Promise<boolean>, state = () => ''): Promise<void> {
  const deadline = performance.now() + 40_000;
  let problem: unknown;
  while (performance.now() < deadline) {
    try {
      if (await condition()) return;
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    await delay(LOOK_EVERY_MS);
  }
  const tails = running.names.map(
    (name: Name) => `--- ${name}, ${running.get(name).starts} starts\n${running.get(name).tail}`,
  );
  throw new Error(`Not in 40 s: ${what}. ${state()} ${String(problem ?? '')}\n${tails.join('\n')}`);
}
