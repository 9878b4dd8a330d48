import { type Logger, ManualClock, MemoryBus, type Series, type SignalEvent, silentLogger } from '@alpha-engine/core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { UNSHARED } from '../../src/process/brain-ownership.js';
import { Recorder } from '../../src/process/recorder.js';
import { createPostgresStore, type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/store/postgres/index.js';
import type { Store } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const T0 = 1_700_000_000_000;
const STREAM = 'signal:gmo';
const SERIES: readonly Series[] = [{ stream: STREAM, exchange: 'gmo', symbol: 'BTC', type: 'signal' }];

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

const signal = (seq: number): SignalEvent => ({
  ...{ type: 'signal', exchange: 'gmo', symbol: 'BTC', ts: T0 + seq, id: `signal-${seq}`, seq },
  ...{ strategy: 's', action: 'enter_long', confidence: 1, price_ref: 100 },
});

/** A bus, and a way to take it back to its first entries, as a Redis that lost the end of its file. */
function forgetfulBus() {
  let bus = new MemoryBus();
  const port = new Proxy(bus, {
    get: (_, name) => {
      const value = Reflect.get(bus, name);
      return typeof value === 'function' ? value.bind(bus) : value;
    },
  });
  const seqs = async () => (await bus.range(STREAM, null, 10_000)).map(({ event }) => event.seq);
  const forget = async (keep: number, writer: number | undefined) => {
    const kept = (await bus.range(STREAM, null, keep)).map(({ event }) => event);
    bus = new MemoryBus();
    if (writer === undefined) return;
    await bus.claim(SERIES, writer);
    await bus.publish(writer, kept);
  };
  return { port, seqs, forget };
}

async function start(bus: MemoryBus, logger: Logger = silentLogger) {
  const recorder = await Recorder.open({
    ...{ brain: 'strategy:gmo', store, hold: UNSHARED, bus, series: SERIES, logger },
    lastSeqs: () => new Map(),
    marketClock: new ManualClock(T0),
  });
  const subscription = await bus.subscribe({ group: 'strategy:gmo', consumer: 'test', streams: [STREAM] });
  return (outbox: readonly SignalEvent[]) => recorder.record({ inputs: null, outbox }, {}, subscription);
}

test('puts back what the bus forgot, with the next event', async () => {
  const { port, seqs, forget } = forgetfulBus();
  const record = await start(port);
  for (const seq of [1, 2, 3]) await record([signal(seq)]);
  await forget(1, 1);
  await record([signal(4)]);
  expect(await seqs()).toEqual([1, 2, 3, 4]);
});

test('puts back what the bus forgot though no event follows', async () => {
  const { port, seqs, forget } = forgetfulBus();
  const record = await start(port);
  for (const seq of [1, 2, 3]) await record([signal(seq)]);
  await forget(1, 1);
  await vi.waitFor(
    async () => {
      await record([]);
      expect(await seqs()).toEqual([1, 2, 3]);
    },
    { timeout: 10_000 },
  );
});

test('puts back what a bus forgot that ended together with it, the claim too', async () => {
  const { port, seqs, forget } = forgetfulBus();
  const record = await start(port);
  for (const seq of [1, 2, 3]) await record([signal(seq)]);
  await forget(0, undefined);
  await start(port);
  expect(await seqs()).toEqual([1, 2, 3]);
});

test('claims a series that nobody could foresee with its first event, now and after a restart', async () => {
  const { port, forget } = forgetfulBus();
  const strange = (seq: number) => ({ ...signal(seq), symbol: 'A SYMBOL|THAT NOBODY KNOWS', id: `strange-${seq}` });
  const told = async () =>
    (await port.range(STREAM, null, 100)).map(({ event }) => `${event.symbol.slice(0, 3)} ${event.seq}`);
  const record = await start(port);
  await record([signal(1), strange(1), strange(2)]);
  expect(await told()).toEqual(['BTC 1', 'A S 1', 'A S 2']);
  const again = await start(port);
  await again([strange(3), signal(2)]);
  expect(await told()).toEqual(['BTC 1', 'A S 1', 'A S 2', 'A S 3', 'BTC 2']);
  await forget(0, undefined);
  const last = await start(port);
  await last([strange(4)]);
  expect(await told()).toEqual(['BTC 1', 'A S 1', 'A S 2', 'A S 3', 'BTC 2', 'A S 4']);
});

test('says what a bus lost that is older than what is kept for it', async () => {
  const { port, seqs, forget } = forgetfulBus();
  const said: unknown[] = [];
  const error = (fields: object, message: string) => said.push({ ...fields, message });
  const record = await start(port, { ...silentLogger, error });
  const many = (from: number) => Array.from({ length: 400 }, (_, index) => signal(from + index));
  for (const from of [1, 401, 801, 1201]) await record(many(from));
  await record([]);
  await forget(150, 1);
  await record([signal(1601)]);
  const all = await seqs();
  expect(all.slice(149, 151)).toEqual([150, 401]);
  expect(all.at(-1)).toBe(1601);
  expect(said).toEqual([
    {
      brain: 'strategy:gmo',
      events: 250,
      message: expect.stringContaining('older than what is kept for it'),
    },
  ]);
});

test('keeps a thousand published events and no more', async () => {
  const { port, seqs } = forgetfulBus();
  const record = await start(port);
  const many = (from: number) => Array.from({ length: 400 }, (_, index) => signal(from + index));
  for (const from of [1, 401, 801, 1201]) await record(many(from));
  await record([]);
  expect((await store.unpublished('strategy:gmo')).length).toBe(1200);
  const again = await start(port);
  await again(many(1601));
  await again([]);
  expect((await store.unpublished('strategy:gmo')).map(({ event }) => event.seq)[0]).toBe(801);
  expect((await seqs()).length).toBe(2000);
});
