import { setTimeout as delay } from 'node:timers/promises';
import {
  type Clock,
  Decimal,
  type Instrument,
  ManualClock,
  MemoryBus,
  type SignalEvent,
  silentLogger,
  type TickerEvent,
} from '@alpha-engine/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Hold, UNSHARED } from '../../src/process/brain-ownership.js';
import { ExecutionBrain } from '../../src/process/execution-brain.js';
import { PaperBroker } from '../../src/simulation/index.js';
import { createPostgresStore, type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/store/postgres/index.js';
import type { Store } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const d = Decimal.of;
const T0 = 1_700_000_000_000;
const BTC: Instrument = {
  ...{
    exchange: 'gmo',
    symbol: 'BTC',
    kind: 'spot',
    base: 'BTC',
    quote: 'JPY',
    tickSize: d(1),
    sizeStep: d('0.00001'),
  },
  ...{ minSize: d('0.00001'), maxSize: d(5), takerFeeRate: d('0.0005'), makerFeeRate: d('-0.0001') },
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let database: EmbeddedDatabase;
let store: Store;

beforeAll(async () => {
  folder = await temporaryFolder();
  database = await openEmbeddedDatabase({ folder: folder.path });
});
beforeEach(async () => {
  await database.pool.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  store = createPostgresStore(database.pool);
  await store.migrate();
});
afterAll(async () => {
  await database.close();
  await folder[Symbol.asyncDispose]();
});

const ticker = (ts: number): TickerEvent => ({
  ...{ type: 'ticker', exchange: 'gmo', symbol: 'BTC', ts },
  data: { bid: 100, ask: 101, last: 100, high: 101, low: 100, volume: 1 },
});
const signal = (action: SignalEvent['action'], ts: number): SignalEvent => ({
  ...{
    type: 'signal',
    exchange: 'gmo',
    symbol: 'BTC',
    ts,
    id: `${action}-${ts}`,
    strategy: 's',
    action,
    confidence: 1,
    price_ref: 100,
  },
});

interface Circumstances {
  readonly hold?: Hold;
  readonly store?: Store;
  readonly wallClock?: Clock;
  readonly inDoubtHorizonMs?: number;
  readonly maxDataAgeMs?: number;
}

async function open(bus: MemoryBus, { inDoubtHorizonMs = 0, maxDataAgeMs = 60_000, ...given }: Circumstances = {}) {
  const marketClock = new ManualClock(T0);
  const paper = new PaperBroker({ instruments: [BTC], balances: { JPY: '1000000' }, clock: marketClock });
  const brain = await ExecutionBrain.open({
    ...{
      exchange: 'gmo',
      bus,
      store,
      hold: UNSHARED,
      logger: silentLogger,
      marketClock,
      wallClock: { now: () => Date.now() },
      broker: paper,
      paper,
      ...given,
    },
    config: {
      ...{
        exchange: 'gmo',
        instruments: [BTC],
        orderSize: d('0.01'),
        maxPositionSize: d('0.05'),
        maxDrawdown: d('0.2'),
      },
      ...{ capital: d(1_000_000), maxSignalAgeMs: 60_000, maxDataAgeMs, inDoubtHorizonMs, exclusive: true },
      orderKinds: {},
    },
  });
  return { brain, marketClock, paper };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(5);
}

const book = {
  type: 'orderbook',
  exchange: 'gmo',
  symbol: 'BTC',
  ts: T0,
  data: { is_snapshot: true, bids: [[100, 5]], asks: [[101, 5]] },
} as const;

test('a brain that is not ours any more is not taken: the fence of whoever owns it by now stays', async () => {
  const { fence } = await store.takeOver('execution:gmo');
  const hold: Hold = { held: false, assure: () => Promise.reject(new Error('lost meanwhile')) };
  await expect(open(new MemoryBus(), { hold })).rejects.toThrow('lost meanwhile');
  expect((await store.takeOver('execution:gmo')).fence).toBe(fence + 1);
});

test('trades a signal, keeps its books equal to the exchange, and goes on from its record', async () => {
  const bus = new MemoryBus();
  const first = await open(bus);
  const stop = new AbortController();
  const running = first.brain.run(stop.signal);
  await bus.publish(null, [structuredClone(book) as never, ticker(T0), signal('enter_long', T0)]);
  await until(async () => (await store.orders({ statuses: ['FILLED'] })).length === 1);
  stop.abort();
  expect(await running).toEqual([]);

  const second = await open(bus);
  const stopAgain = new AbortController();
  const runningAgain = second.brain.run(stopAgain.signal);
  await bus.publish(null, [ticker(T0 + 1), signal('exit', T0 + 1)]);
  await until(async () => (await store.orders({ statuses: ['FILLED'] })).length === 2);
  stopAgain.abort();
  expect(await runningAgain).toEqual([]);
  expect((await store.positions()).map(({ size }) => size.toString())).toEqual(['0']);
  expect((await store.verdicts()).length).toBe(2);
});

test('goes on where it was on a bus that was wiped', async () => {
  const stop = new AbortController();
  const before = new MemoryBus();
  const first = await open(before);
  const running = first.brain.run(stop.signal);
  await before.publish(null, [structuredClone(book) as never, ticker(T0), signal('enter_long', T0)]);
  await until(async () => (await store.orders({ statuses: ['FILLED'] })).length === 1);
  stop.abort();
  await running;
  const told = await before.range('order:gmo', null, 100);

  const wiped = new MemoryBus();
  const second = await open(wiped);
  const stopAgain = new AbortController();
  const runningAgain = second.brain.run(stopAgain.signal);
  await wiped.publish(null, [ticker(T0 + 1), signal('exit', T0 + 1)]);
  await until(async () => (await store.orders({ statuses: ['FILLED'] })).length === 2);
  stopAgain.abort();
  expect(await runningAgain).toEqual([]);
  const again = (await wiped.range('order:gmo', null, 100)).map(({ event }) => event);
  expect(again.slice(0, told.length)).toEqual(told.map(({ event }) => event));
  expect(again.length).toBeGreaterThan(told.length);
  expect(again.map(({ seq }) => seq)).toEqual(again.map((_, index) => index + 1));
});

test('does not pile up listeners with the batches it reads', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const bus = new MemoryBus();
  const { brain } = await open(bus);
  const stop = new AbortController();
  const running = brain.run(stop.signal);
  for (let batch = 1; batch <= 40; batch++) {
    await bus.publish(null, [ticker(T0 + batch)]);
    await until(async () =>
      (await bus.lag('execution:gmo')).every(({ stream, pending }) => stream !== 'md:ticker' || pending <= batch),
    );
    await delay(0);
  }
  await until(async () => (await bus.lag('execution:gmo')).every(({ lag }) => lag === 0));
  stop.abort();
  await running;
  process.off('warning', note);
  expect(warnings).toEqual([]);
});

test('ends with its code when somebody else takes over its group', async () => {
  const bus = new MemoryBus();
  const { brain } = await open(bus);
  const running = brain.run(new AbortController().signal);
  const streams = ['md:orderbook', 'md:trade', 'md:ticker', 'md:status', 'ctl:gmo', 'signal:gmo'];
  await bus.anotherHandle().subscribe({ group: 'execution:gmo', consumer: 'thief', streams });
  await bus.publish(null, [ticker(T0)]);
  await expect(running).rejects.toMatchObject({ code: 'BUS_GROUP_TAKEN' });
});

test('ends, its locks lost, though a read of the bus comes back only after everything else has ended', async () => {
  const bus = new MemoryBus();
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  const stop = new AbortController();
  const subscribe = bus.subscribe.bind(bus);
  bus.subscribe = async (options) => {
    const subscription = await subscribe(options);
    const read = subscription.read.bind(subscription);
    subscription.read = async (reading) => {
      const batch = await read(reading);
      if (stop.signal.aborted) await refused;
      return batch;
    };
    return subscription;
  };
  const hold: Hold = {
    get held() {
      return !stop.signal.aborted;
    },
    async assure() {
      if (!stop.signal.aborted) return;
      refuse();
      throw new Error('lost meanwhile');
    },
  };
  const { brain } = await open(bus, { hold });
  const running = brain.run(stop.signal);
  await bus.publish(null, [ticker(T0)]);
  await until(async () => (await store.checkpoint('execution:gmo')) !== null);
  stop.abort();
  await expect(running).rejects.toThrow('lost meanwhile');
});

test('stops at once when another engine took over the brain', async () => {
  const bus = new MemoryBus();
  const { brain } = await open(bus);
  const running = brain.run(new AbortController().signal);
  await store.takeOver('execution:gmo');
  await bus.publish(null, [ticker(T0), signal('enter_long', T0)]);
  await expect(running).rejects.toMatchObject({ code: 'STORE_FENCED' });
  expect((await store.orders()).length).toBe(0);
});

test.each([
  'it was stopped for half the horizon',
  'it is an opening and its prices have grown too old',
  'it no longer holds the locks',
])(
  'does not send what it has recorded as sent when %s: the order is in doubt, proved absent, and placed again once',
  async (why) => {
    const bus = new MemoryBus();
    let wall = T0;
    let held = true;
    let stopped = false;
    // As SIGSTOP between the commit of SUBMITTED and the first byte.
    const stopping: Store = {
      ...store,
      async commit(record) {
        await store.commit(record);
        if (stopped || !record.orders?.some(({ status }) => status === 'SUBMITTED')) return;
        stopped = true;
        if (why.includes('locks')) held = false;
        else wall += why.includes('prices') ? 301 : 501;
      },
    };
    const hold: Hold = {
      get held() {
        return held;
      },
      async assure() {
        held = true;
      },
    };
    const { brain, paper } = await open(bus, {
      ...{ hold, store: stopping, wallClock: { now: () => wall }, inDoubtHorizonMs: 1000 },
      ...(why.includes('prices') && { maxDataAgeMs: 300 }),
    });
    const sent: (readonly [id: string, wall: number])[] = [];
    const place = paper.place.bind(paper);
    paper.place = (order) => {
      sent.push([order.clientOrderId, wall]);
      return place(order);
    };
    const stop = new AbortController();
    const running = brain.run(stop.signal);
    await bus.publish(null, [structuredClone(book) as never, ticker(T0), signal('enter_long', T0)]);
    await until(async () => {
      wall += 50;
      return (await store.orders({ statuses: ['FILLED'] })).length === 1;
    });
    stop.abort();
    expect(await running).toEqual([]);
    const orders = (await store.orders()).map(({ order }) => order);
    expect(orders.map(({ status }) => status)).toEqual(['VOID', 'FILLED']);
    expect(sent.map(([id]) => id)).toEqual([orders[1]!.terms.clientOrderId]);
    // Not before the horizon of the first one is over: whoever else might own the account would have waited as long.
    expect(sent[0]![1]).toBeGreaterThanOrEqual(T0 + 1000);
  },
);
